// Package uwsgi owns uWSGI's configuration dialect: lines with their positions,
// the % pass, includes, placeholders, logic, and the options that are in force
// when all is read. It knows nothing of nginx.
package uwsgi
