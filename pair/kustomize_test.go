package pair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPodFiles(t *testing.T) {
	t.Parallel()
	got := podFiles("deploy/base/kustomization.yaml", "configMapGenerator:\n- name: a\n  files: [nginx.conf, app.ini=../uwsgi.ini]\n- name: b\n  literals: [x=y]\n")
	if diff := cmp.Diff([]string{"deploy/base/nginx.conf", "deploy/uwsgi.ini"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := podFiles("kustomization.yaml", "configMapGenerator: [a"); got != nil {
		t.Errorf("of a broken file: %v", got)
	}
	texts := map[string]string{
		"base/kustomization.yaml": "configMapGenerator:\n- name: a\n  files: [uwsgi.ini]\n",
		"base/uwsgi.ini":          "[uwsgi]\nsocket = /run/a/s\nmodule = a\n",
	}
	p, err := Load([]string{"base/kustomization.yaml", "base/uwsgi.ini"}, Options{Overlay: texts})
	if err != nil || !p.Contained() {
		t.Errorf("a file of a ConfigMap is not taken to be in a container: %v", err)
	}
}
