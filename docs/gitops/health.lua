-- The health of a LitTrainingJob, for Argo CD's resource.customizations.health.
-- Uses no library but the base, since Argo CD opens no other.
local hs = {status = "Progressing", message = "Waiting for the operator"}
local status = obj.status

-- Until the operator has seen this spec, its status is about another one.
if status == nil or status.phase == nil
    or (status.observedGeneration or 0) < (obj.metadata.generation or 0) then
  return hs
end

local healths = {Succeeded = "Healthy", Failed = "Degraded", Suspended = "Suspended"}
hs.status = healths[status.phase] or "Progressing"
hs.message = status.phase

if status.phase == "Failed" then
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Failed" and condition.status == "True" then
      hs.message = condition.message
    end
  end
elseif status.pending ~= nil then
  hs.message = status.pending.message
elseif hs.status == "Progressing" and status.progress ~= nil and status.progress.percent ~= nil then
  hs.message = status.phase .. ", " .. status.progress.percent .. " %"
end
return hs
