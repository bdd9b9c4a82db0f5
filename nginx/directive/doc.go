// Package directive owns the table of nginx's directives: where each may stand,
// what arguments it takes, and which releases know it.
package directive
