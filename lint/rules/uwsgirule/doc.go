// Package uwsgirule owns the rules that need a uWSGI configuration alone.
package uwsgirule
