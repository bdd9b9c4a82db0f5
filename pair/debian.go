package pair

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/uwsgi"
)

// debianDefaults is what the init script of Debian's and Ubuntu's package uwsgi
// has uWSGI read before each file of /etc/uwsgi/apps-enabled, with the app's
// namespace and name put in (/usr/share/uwsgi/init/specific_daemon and
// /usr/share/uwsgi/conf/default.ini, 2.0.21-5.1).
const debianDefaults = `[uwsgi]
set-placeholder = deb-confnamespace=%[1]s
set-placeholder = deb-confname=%[2]s
master = true
workers = 2
no-orphans = true
pidfile = /run/uwsgi/%[1]s/%[2]s/pid
socket = /run/uwsgi/%[1]s/%[2]s/socket
chown-socket = www-data
chmod-socket = 660
log-date = true
uid = www-data
gid = www-data
`

// beforeOnDebian returns what is read before a uWSGI file that lies where
// Debian's init script finds it; nil for others.
func beforeOnDebian(file string) []*uwsgi.File {
	file = filepath.ToSlash(file)
	dir, base := path.Split(file)
	at := strings.LastIndex(dir, "/uwsgi/")
	if at < 0 {
		return nil
	}
	// Below the first folder others may lie; the script strips them.
	folder, _, _ := strings.Cut(dir[at+len("/uwsgi/"):], "/")
	for _, state := range []string{"s-enabled", "s-available"} {
		if namespace, ok := strings.CutSuffix(folder, state); ok && namespace != "" {
			name := strings.TrimSuffix(base, path.Ext(base))
			if strings.ContainsAny(name+namespace, "%$@\n\r") {
				return nil
			}
			return []*uwsgi.File{uwsgi.Parse("/usr/share/uwsgi/conf/default.ini", fmt.Sprintf(debianDefaults, namespace, name))}
		}
	}
	return nil
}
