// Package nginxrule owns the rules that need nginx's side alone.
package nginxrule
