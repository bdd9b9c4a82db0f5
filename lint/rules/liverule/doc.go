// Package liverule owns the rules that ask the machine on which the pair lies:
// they speak under `deployctl lint --live` alone.
package liverule
