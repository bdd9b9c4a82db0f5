// Package lint owns what a rule is, how rules are run over a pair, and what
// comes of their findings: suppression, configuration, fixes.
package lint
