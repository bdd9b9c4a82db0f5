package gen

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	// podPort is where nginx listens in a pod: no port below 1024 without rights.
	podPort = 8080
	// drain is how long a pod goes on after it was taken out of the Service, since
	// clients hear of that later, in seconds; uWSGI stops twice as late.
	drain = 5
)

// kubernetes renders a kustomize base with overlays, and the images that it
// runs. The pair lies in the base as it is, and kustomize makes a ConfigMap of
// it, whose name holds a checksum: what changes starts new pods.
func (r *renderer) kubernetes() {
	r.p, r.front, r.opts.Site = contained(r.p), true, false
	r.distinctHosts()
	if port := endpointPort(r.p); port > 0 {
		r.p.App.Endpoint = "127.0.0.1:" + strconv.Itoa(port) // the containers of a pod share it
	}
	r.folder = "base/"
	r.pair("uwsgi.ini")
	r.folder = ""
	image := r.image()
	image.Pair = "deploy/base"
	r.render("compose/Dockerfile", "Dockerfile", image)
	r.render("compose/dockerignore", "Dockerfile.dockerignore", nil)
	r.render("compose/health.py", "health.py", r.health())

	k := &cluster{renderer: r, name: objectName(r.p.Name)}
	resources := []string{"deployment.yaml", "service.yaml", "ingress.yaml", "autoscaler.yaml", "disruption.yaml", "network.yaml"}
	r.objects("base/deployment.yaml", "kube-deployment", k.deployment())
	r.objects("base/service.yaml", "kube-service", k.service())
	r.objects("base/ingress.yaml", "kube-ingress", k.ingress())
	r.objects("base/autoscaler.yaml", "kube-autoscaler", k.autoscaler())
	r.objects("base/disruption.yaml", "kube-disruption", k.disruption())
	r.objects("base/network.yaml", "kube-network", k.networkPolicy())
	if claim := k.claim(); claim != nil {
		resources = append(resources, "storage.yaml")
		r.objects("base/storage.yaml", "kube-storage", claim)
	}
	r.objects("base/kustomization.yaml", "kube-base", k.base(resources))
	r.objects("overlays/dev/kustomization.yaml", "kube-dev", k.dev())
	r.objects("overlays/prod/kustomization.yaml", "kube-prod", k.prod())
}

// objectName returns a project's name as Kubernetes takes it: lower case, no
// underscores.
func objectName(name string) string {
	return strings.Trim(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "-")
}

// objects writes objects of Kubernetes into a file, below a comment.
func (r *renderer) objects(file, why string, object any) {
	if r.err != nil {
		return
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		r.fail(file, err)
		return
	}
	// What only the cluster writes.
	body := strings.TrimSuffix(string(text), "status: {}\n")
	body = strings.TrimSuffix(strings.TrimSuffix(body, "status:\n  loadBalancer: {}\n"), "status:\n  currentMetrics: null\n  desiredReplicas: 0\n")
	r.files = append(r.files, File{file, stamp(comment(r.opts.Lang, why)+"\n"+body, r.opts.Lang), 0o644})
}

// kustomization is what is used of kustomize's own file.
type kustomization struct {
	APIVersion         string        `json:"apiVersion"`
	Kind               string        `json:"kind"`
	Namespace          string        `json:"namespace,omitempty"`
	Resources          []string      `json:"resources"`
	Labels             []labels      `json:"labels,omitempty"`
	ConfigMapGenerator []configMap   `json:"configMapGenerator,omitempty"`
	Images             []imageTag    `json:"images,omitempty"`
	Patches            []inlinePatch `json:"patches,omitempty"`
}

type labels struct {
	Pairs map[string]string `json:"pairs"`
}

type configMap struct {
	Name  string   `json:"name"`
	Files []string `json:"files"`
}

type imageTag struct {
	Name   string `json:"name"`
	NewTag string `json:"newTag"`
}

type inlinePatch struct {
	Patch string `json:"patch"`
}

func newKustomization() *kustomization {
	return &kustomization{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization"}
}

// cluster makes the objects of one project.
type cluster struct {
	*renderer
	name string
}

func (k *cluster) base(resources []string) *kustomization {
	b := newKustomization()
	b.Resources = resources
	b.Labels = []labels{{map[string]string{"app.kubernetes.io/part-of": k.name, "app.kubernetes.io/managed-by": "deployctl"}}}
	front := []string{"nginx.conf"}
	if k.p.App.Protocol != "http" {
		front = append(front, "uwsgi_params")
	}
	b.ConfigMapGenerator = []configMap{{k.name + "-nginx", front}, {k.name + "-uwsgi", []string{"uwsgi.ini"}}}
	return b
}

func (k *cluster) images(tag string) []imageTag {
	return []imageTag{{k.name + "-app", tag}, {k.name + "-web", tag}}
}

// dev is one pod that nothing scales.
func (k *cluster) dev() *kustomization {
	d := newKustomization()
	d.Namespace, d.Resources, d.Images = k.name+"-dev", []string{"../../base"}, k.images("dev")
	remove := func(apiVersion, kind string) {
		d.Patches = append(d.Patches, inlinePatch{"$patch: delete\napiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata:\n  name: " + k.name + "\n"})
	}
	d.Patches = append(d.Patches, inlinePatch{"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + k.name + "\nspec:\n  replicas: 1\n"})
	remove("autoscaling/v2", "HorizontalPodAutoscaler")
	remove("policy/v1", "PodDisruptionBudget")
	return d
}

func (k *cluster) prod() *kustomization {
	d := newKustomization()
	d.Namespace, d.Resources, d.Images = k.name, []string{"../../base"}, k.images("latest")
	return d
}

// distinctHosts notes servers that answer the same host on ports which are one
// in a pod.
func (r *renderer) distinctHosts() {
	type address struct{ port, host string }
	seen := map[address]string{}
	for i := range r.p.Servers {
		s := &r.p.Servers[i]
		for _, port := range r.listens(s) {
			for _, host := range s.Names {
				if other, ok := seen[address{port, host}]; ok {
					r.fail("server."+s.Name+".listen", fmt.Errorf("in a pod %s is answered by [server.%s] already, on port %s", host, other, port))
				}
				seen[address{port, host}] = s.Name
			}
		}
	}
}
