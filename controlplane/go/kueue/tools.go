//go:build tools

// Package kueue names the program that queues jobs, so that go.mod pins it.
package kueue

import _ "sigs.k8s.io/kueue/cmd/kueue"
