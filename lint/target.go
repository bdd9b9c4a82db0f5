package lint

import (
	"fmt"
	"regexp"

	"github.com/deployctl/deployctl/nginx/directive"
)

// Target is where the pair will run, as far as it is known; an empty field
// means that it is not, and rules that need it say nothing.
type Target struct {
	// Nginx is the release, such as 1.22.1. Rules ask NginxAtLeast instead,
	// which knows what to assume when it is empty.
	Nginx string
	Uwsgi string // uWSGI release, such as 2.0.21
	// Modules are those that nginx has beyond the ones that are always built in;
	// its zero value means that nobody said, and none is taken to be missing.
	Modules directive.Modules
	// Init is systemd, supervisor, container or "".
	Init string
	// OS is debian, ubuntu, rhel or "".
	OS string
	// StaticURL and StaticRoot are what a Django project's settings say of its
	// static files; StaticRoot is absolute or below the project's folder.
	StaticURL, StaticRoot string
	// Module is the application of a Flask project as its sources have it,
	// MODULE:CALLABLE, or "".
	Module string
}

// NginxRelease returns the release of nginx that rules are to assume: the one
// that was said, or the newest stable one that the facts know.
func (t Target) NginxRelease() string {
	if t.Nginx == "" {
		return directive.Stable
	}
	return t.Nginx
}

// NginxSaid tells whether somebody said which nginx will run. Rules for which a
// wrong guess would be a false alarm (a vulnerability that a release mended)
// report nothing, or less, when it is false.
func (t Target) NginxSaid() bool { return t.Nginx != "" }

// NginxAtLeast tells whether the nginx that will run is the release, such as
// "1.25.1", or a newer one.
func (t Target) NginxAtLeast(release string) bool {
	return directive.Compare(t.NginxRelease(), release) >= 0
}

// release matches a release as both programs write it.
var release = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,3}$`)

// CheckRelease returns an error for text that is no release.
func CheckRelease(text string) error {
	if !release.MatchString(text) {
		return fmt.Errorf("%q is no release: write it as 1.22.1", text)
	}
	return nil
}
