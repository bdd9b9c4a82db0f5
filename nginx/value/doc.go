// Package value reads the arguments of directives as nginx does: numbers, sizes,
// times, addresses, regular expressions, variables, and the parameters that a
// directive takes. The facts are those of nginx's source: core/ngx_parse.c,
// core/ngx_inet.c, core/ngx_conf_file.c and the directives' own setters.
package value
