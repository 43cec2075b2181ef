package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.JobLog;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.plan.Action;
import io.litoperator.operator.plan.Plan;
import io.litoperator.operator.progress.ProgressStatus;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a plan says, in its order; what does not depend on each other at the same time. What is
 * written is also put into the caches, so that the next snapshot has it.
 */
public final class ActionRunner {
  private static final Logger log = LoggerFactory.getLogger(ActionRunner.class);

  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  /** Of all that the operator writes, but for reported progress. */
  public static final String FIELD_MANAGER = "lit-operator";

  private final KubernetesClient client;
  private final JobCaches caches;
  private final StatusPatch statusPatch;
  private final StatusPatch progressPatch;
  private final EventWriter events;
  private final WritePace pace;
  private final Executor executor;

  /**
   * @param pace of all writes
   * @param executor for API calls that may be made at the same time
   */
  public ActionRunner(
      KubernetesClient client,
      JobCaches caches,
      EventWriter events,
      WritePace pace,
      Executor executor) {
    this.client = client;
    this.caches = caches;
    this.statusPatch = new StatusPatch(client, FIELD_MANAGER);
    this.progressPatch = new StatusPatch(client, ProgressStatus.FIELD_MANAGER);
    this.events = events;
    this.pace = pace;
    this.executor = executor;
  }

  /**
   * @return the job as it is now, if its status was written
   * @throws RefusedException if the API server would not make something that the job needs
   * @throws KubernetesClientException if it refused anything else, with code 409 if something has
   *     changed since it was observed; what follows in the plan is not done
   */
  Optional<LitTrainingJob> run(LitTrainingJob job, Plan plan) {
    Optional<LitTrainingJob> written = Optional.empty();
    List<Action> independent = new ArrayList<>();
    for (Action action : plan.actions()) {
      if (action instanceof Action.PatchStatus patch) {
        all(job, independent);
        independent.clear();
        pace.await();
        written = Optional.of(statusPatch.apply(patch.observed(), patch.status()));
      } else {
        if (action instanceof Action.Emit emit) {
          log.info("{}: {}", emit.event().reason(), emit.event().message());
        }
        independent.add(action);
      }
    }
    all(job, independent);
    return written;
  }

  /**
   * Writes what was reported, as the progress endpoint would.
   *
   * @return the job as it is now
   * @throws KubernetesClientException with code 409 if the job is not as it was observed
   */
  LitTrainingJob write(LitTrainingJob observed, ProgressStatus reported) {
    pace.await();
    return progressPatch.apply(observed, reported.applied());
  }

  /** The job as the API server has it; empty if it is gone or another has its name. */
  Optional<LitTrainingJob> read(LitTrainingJob job) {
    return Optional.ofNullable(client.resource(job).get())
        .filter(live -> live.getMetadata().getUid().equals(job.getMetadata().getUid()));
  }

  /**
   * At the same time, but for Pods: they are refused until their service account is there, a gang
   * scheduler must know of their group, and where there are Pods their Secret is not made again.
   */
  private void all(LitTrainingJob job, List<Action> actions) {
    if (actions.size() == 1) {
      act(job, actions.get(0));
      return;
    }
    CompletableFuture<Void> first = start(job, actions, ActionRunner::precedesPods, DONE);
    CompletableFuture<Void> pods = start(job, actions, ActionRunner::makesPod, first);
    CompletableFuture<Void> others =
        start(job, actions, action -> !precedesPods(action) && !makesPod(action), DONE);
    try {
      CompletableFuture.allOf(first, pods, others).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Those of a kind, when what they need is there. */
  private CompletableFuture<Void> start(
      LitTrainingJob job,
      List<Action> actions,
      Predicate<Action> kind,
      CompletableFuture<Void> needed) {
    return CompletableFuture.allOf(
        actions.stream()
            .filter(kind)
            .map(
                action ->
                    needed.thenRunAsync(() -> JobLog.with(job, () -> act(job, action)), executor))
            .toArray(CompletableFuture[]::new));
  }

  private static boolean makesPod(Action action) {
    return action instanceof Action.CreatePod;
  }

  private static boolean precedesPods(Action action) {
    return action instanceof Action.CreateSecret
        || action instanceof Action.Apply apply
            && (apply.object() instanceof ServiceAccount
                || apply.object() instanceof GenericKubernetesResource);
  }

  private void act(LitTrainingJob job, Action action) {
    pace.await();
    if (action instanceof Action.Apply apply) {
      caches.wrote(apply(apply.object()));
    } else if (action instanceof Action.CreateSecret create) {
      createUnread(create);
    } else if (action instanceof Action.CreatePod create) {
      caches.wrote(create(create.pod()));
    } else if (action instanceof Action.DeletePod delete) {
      client.resource(delete.pod()).lockResourceVersion().delete();
    } else if (action instanceof Action.ForceDeletePod delete) {
      ForcedDeletion.of(client, delete.pod());
    } else if (action instanceof Action.ReleasePod release) {
      KueuePods.release(client, release.pod());
    } else if (action instanceof Action.GiveQuotaBack give) {
      KueuePods.giveQuotaBack(client, give.pod());
    } else if (action instanceof Action.OwnWorkload own) {
      Workloads.own(client, own.job(), own.workload());
    } else if (action instanceof Action.DeleteWorkload delete) {
      Workloads.delete(client, delete.workload());
    } else if (action instanceof Action.DeleteJob delete) {
      client.resource(delete.job()).lockResourceVersion().delete();
    } else if (action instanceof Action.Emit emit) {
      events.write(job, emit.event());
    } else {
      throw new IllegalStateException("not an action of its own: " + action);
    }
  }

  /** What is new is created, which costs the API server half as much as to apply it. */
  private HasMetadata apply(HasMetadata object) {
    try {
      return create(object);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
    CreatedFields.takeOver(client, object);
    try {
      return client.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      throw RefusedException.orSame(object, e);
    }
  }

  /**
   * @throws KubernetesClientException with code 409 if it is there
   * @throws RefusedException if something else has its name
   */
  private <T extends HasMetadata> T create(T object) {
    try {
      return client.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        Optional.ofNullable(client.resource(object).get())
            .flatMap(there -> RefusedException.ofTaken(object, there))
            .ifPresent(
                taken -> {
                  throw taken;
                });
      }
      throw RefusedException.orSame(object, e);
    }
  }

  /** What has its name is taken for the same: the operator may read no Secret of a job. */
  private void createUnread(Action.CreateSecret create) {
    try {
      client.resource(create.secret()).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return;
      }
      RuntimeException thrown = RefusedException.orSame(create.secret(), e);
      if (!(create.wasThere()
          && thrown instanceof RefusedException refused
          && refused.isForQuota())) {
        throw thrown;
      }
    }
  }
}
