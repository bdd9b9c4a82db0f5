// Package stylerule owns the rules about layout. They report what the
// formatters would change, so that a formatted file has no finding.
package stylerule
