// Package cisrule owns the rules of the profile cis: what the CIS NGINX
// Benchmark 2.1.0 asks of a configuration and the default profile does not.
package cisrule
