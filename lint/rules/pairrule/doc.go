// Package pairrule owns the rules that need both sides: what nginx and uWSGI
// have to agree on.
package pairrule
