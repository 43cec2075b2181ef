//go:build tools

// Package kuberouter names the program that enforces NetworkPolicies, so that go.mod pins it.
package kuberouter

import _ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
