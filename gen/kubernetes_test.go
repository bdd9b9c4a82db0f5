package gen

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/deployctl/deployctl/internal/realtest"
)

// built is what kustomize makes of an overlay: the objects by kind, each
// decoded strictly into its type.
func built(t *testing.T, dir string) map[string][]any {
	t.Helper()
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("kustomize build %s: %v", dir, err)
	}
	objects := map[string][]any{}
	for _, r := range all.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		var object any
		switch kind := r.GetKind(); kind {
		case "Deployment":
			object = &appsv1.Deployment{}
		case "Service":
			object = &corev1.Service{}
		case "ConfigMap":
			object = &corev1.ConfigMap{}
		case "PersistentVolumeClaim":
			object = &corev1.PersistentVolumeClaim{}
		case "Ingress":
			object = &networkingv1.Ingress{}
		case "NetworkPolicy":
			object = &networkingv1.NetworkPolicy{}
		case "HorizontalPodAutoscaler":
			object = &autoscalingv2.HorizontalPodAutoscaler{}
		case "PodDisruptionBudget":
			object = &policyv1.PodDisruptionBudget{}
		default:
			t.Fatalf("an object of the kind %s", kind)
		}
		if err := yaml.UnmarshalStrict(text, object); err != nil {
			t.Errorf("%s: %v", r.GetKind(), err)
		}
		objects[r.GetKind()] = append(objects[r.GetKind()], object)
	}
	return objects
}

var hashed = regexp.MustCompile(`^[a-z-]+-[a-z0-9]{10}$`)

func TestKustomizeBuilds(t *testing.T) {
	t.Parallel()
	for name := range targetDescriptions(t) {
		dir := filepath.Join(t.TempDir(), "deploy")
		p := renderTarget(t, name, "kubernetes", dir)
		checkDockerfile(t, dir, "app", "web")
		dev, prod := built(t, filepath.Join(dir, "overlays/dev")), built(t, filepath.Join(dir, "overlays/prod"))
		if len(dev["HorizontalPodAutoscaler"])+len(dev["PodDisruptionBudget"]) > 0 || len(prod["HorizontalPodAutoscaler"]) != 1 || len(prod["PodDisruptionBudget"]) != 1 {
			t.Errorf("%s: dev is scaled, or prod is not", name)
		}
		for overlay, objects := range map[string]map[string][]any{"dev": dev, "prod": prod} {
			for _, kind := range []string{"Deployment", "Service", "Ingress", "NetworkPolicy"} {
				if len(objects[kind]) != 1 {
					t.Fatalf("%s, %s: %d of %s", name, overlay, len(objects[kind]), kind)
				}
			}
			d := objects["Deployment"][0].(*appsv1.Deployment)
			checkPod(t, name+" "+overlay, d, objects)
			if grace, longest := *d.Spec.Template.Spec.TerminationGracePeriodSeconds, int64(p.App.Harakiri.Seconds()); grace <= longest+2*drain {
				t.Errorf("%s: %d s to stop, with requests of %d s", name, grace, longest)
			}
			service := objects["Service"][0].(*corev1.Service)
			for key, value := range service.Spec.Selector {
				if d.Spec.Template.Labels[key] != value {
					t.Errorf("%s: the Service selects %s=%s, and the pods have %q", name, key, value, d.Spec.Template.Labels[key])
				}
			}
			for _, rule := range objects["Ingress"][0].(*networkingv1.Ingress).Spec.Rules {
				if to := rule.HTTP.Paths[0].Backend.Service.Name; to != service.Name {
					t.Errorf("%s: the Ingress leads to %s, and the Service is %s", name, to, service.Name)
				}
			}
		}
	}
}

// checkPod looks whether what a pod mounts is there, the ConfigMaps under their
// hashed names, and whether it meets the restricted standard.
func checkPod(t *testing.T, name string, d *appsv1.Deployment, objects map[string][]any) {
	t.Helper()
	maps := map[string]*corev1.ConfigMap{}
	for _, o := range objects["ConfigMap"] {
		c := o.(*corev1.ConfigMap)
		maps[c.Name] = c
		if !hashed.MatchString(c.Name) {
			t.Errorf("%s: the ConfigMap %s bears no checksum", name, c.Name)
		}
	}
	pod := d.Spec.Template.Spec
	volumes := map[string]corev1.Volume{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = v
		if v.ConfigMap != nil && maps[v.ConfigMap.Name] == nil {
			t.Errorf("%s: no ConfigMap is called %s", name, v.ConfigMap.Name)
		}
		if v.PersistentVolumeClaim != nil && len(objects["PersistentVolumeClaim"]) != 1 {
			t.Errorf("%s: nobody claims %s", name, v.PersistentVolumeClaim.ClaimName)
		}
	}
	if !*pod.SecurityContext.RunAsNonRoot || *pod.SecurityContext.FSGroup != nginxID || pod.SecurityContext.SeccompProfile == nil {
		t.Errorf("%s: the pod is not restricted", name)
	}
	for _, c := range pod.Containers {
		if s := c.SecurityContext; *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) != 1 || *s.RunAsUser == 0 {
			t.Errorf("%s: the container %s is not restricted", name, c.Name)
		}
		for _, m := range c.VolumeMounts {
			v, ok := volumes[m.Name]
			if !ok {
				t.Errorf("%s: %s mounts %s, which is no volume", name, c.Name, m.Name)
			}
			if v.ConfigMap != nil && m.SubPath != "" && maps[v.ConfigMap.Name].Data[m.SubPath] == "" {
				t.Errorf("%s: %s is not in the ConfigMap", name, m.SubPath)
			}
		}
	}
}

// TestRealPod runs the pair of a pod: behind an Ingress the application hears of
// the client's scheme and address, from elsewhere it does not.
func TestRealPod(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{true, false} {
		t.Run(fmt.Sprint("trusted ", trusted), func(t *testing.T) {
			t.Parallel()
			rendered := t.TempDir()
			p := renderTarget(t, "shop", "kubernetes", rendered)
			files := map[string]string{}
			for _, name := range []string{"nginx.conf", "uwsgi.ini", "uwsgi_params"} {
				text, err := os.ReadFile(filepath.Join(rendered, "base", name))
				if err != nil {
					t.Fatal(err)
				}
				files[name] = strings.NewReplacer("[uwsgi]\n", "[uwsgi]\nplugins = python3\n", "pid /tmp/", "pid /run/").Replace(string(text))
			}
			// The sandbox has folders of its own, and the test's own address is the Ingress's.
			files["nginx.conf"] = "user www-data www-data;\n" + regexp.MustCompile(`(?m)^ +\w+_temp_path .*\n`).ReplaceAllString(files["nginx.conf"], "")
			if trusted {
				files["nginx.conf"] = strings.ReplaceAll(files["nginx.conf"], "10.0.0.0/8", "127.0.0.0/8")
			}
			pair := realtest.Start(t, files, p.Root, "../testdata/projects/django")
			header := map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
			want := map[bool][2]string{true: {"https", "203.0.113.9"}, false: {"http", "127.0.0.1"}}[trusted]
			for _, has := range []string{`"scheme": "` + want[0] + `"`, `"` + want[1] + `"`} {
				checkAnswer(t, pair, ask{name: "behind an Ingress", url: "http://shop.example/api/echo", port: podPort, header: header, status: http.StatusOK, has: has})
			}
		})
	}
}
