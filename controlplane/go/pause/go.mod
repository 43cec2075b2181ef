module lit-operator.io/controlplane/pause

go 1.24
