// Package report owns the formats in which findings are shown.
package report
