package gen

import (
	"path"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/deployctl/deployctl/project"
)

const (
	// processRequest and processLimit are what a worker process is taken to need,
	// in MiB, where the description says nothing of its memory.
	processRequest, processLimit = 128, 256
	// processCPU is what one asks for, in thousandths of a processor.
	processCPU = 100
)

func (k *cluster) labels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": k.name}
}

func (k *cluster) meta() metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: k.name, Labels: k.labels()}
}

func (k *cluster) deployment() *appsv1.Deployment {
	longest := seconds(max(k.p.App.Harakiri, k.p.Limits.ReadTimeout) + stopGrace)
	none := intstr.FromInt32(0)
	return &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: k.meta(),
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: k.labels()},
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &none}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: k.labels()},
				Spec: corev1.PodSpec{
					AutomountServiceAccountToken: ptr(false),
					// Variables of Services become options of uWSGI where one is called uwsgi.
					EnableServiceLinks:            ptr(false),
					TerminationGracePeriodSeconds: ptr(int64(2*drain + longest)),
					SecurityContext: &corev1.PodSecurityContext{
						RunAsNonRoot: ptr(true), RunAsGroup: ptr(int64(nginxID)), FSGroup: ptr(int64(nginxID)),
						SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
					},
					TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{
						MaxSkew: 1, TopologyKey: "kubernetes.io/hostname", WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: &metav1.LabelSelector{MatchLabels: k.labels()},
					}},
					Containers: []corev1.Container{k.app(), k.web()},
					Volumes:    k.volumes(),
				},
			},
		},
	}
}

// app is the container of uWSGI.
func (k *cluster) app() corev1.Container {
	health := corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"python", "/usr/local/bin/health.py"}}}
	c := corev1.Container{
		Name: "app", Image: k.name + "-app", SecurityContext: restricted(appID),
		EnvFrom:       []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: k.name + "-env"}, Optional: ptr(true)}}},
		StartupProbe:  &corev1.Probe{ProbeHandler: health, PeriodSeconds: 5, TimeoutSeconds: 5, FailureThreshold: 60},
		LivenessProbe: &corev1.Probe{ProbeHandler: health, PeriodSeconds: 20, TimeoutSeconds: 5, FailureThreshold: 6},
		Lifecycle:     pause(2 * drain),
		Resources:     k.resources(),
		VolumeMounts:  append([]corev1.VolumeMount{{Name: "uwsgi", MountPath: "/etc/uwsgi", ReadOnly: true}, {Name: "tmp", MountPath: "/tmp", SubPath: "app"}}, k.shared(false)...),
	}
	return c
}

// web is the container of nginx.
func (k *cluster) web() corev1.Container {
	scheme := "http"
	if k.tls() {
		scheme = "https"
	}
	get := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
		Path: healthPath(k.p), Port: intstr.FromString("http"),
		HTTPHeaders: []corev1.HTTPHeader{{Name: "Host", Value: k.healthHost()}, {Name: "X-Forwarded-Proto", Value: scheme}},
	}}
	mounts := []corev1.VolumeMount{{Name: "nginx", MountPath: "/etc/nginx/nginx.conf", SubPath: "nginx.conf", ReadOnly: true}}
	if k.p.App.Protocol != "http" {
		mounts = append(mounts, corev1.VolumeMount{Name: "nginx", MountPath: "/etc/nginx/uwsgi_params", SubPath: "uwsgi_params", ReadOnly: true})
	}
	mounts = append(mounts, corev1.VolumeMount{Name: "tmp", MountPath: "/tmp", SubPath: "web"})
	return corev1.Container{
		Name: "web", Image: k.name + "-web", SecurityContext: restricted(nginxID),
		Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: podPort}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: get, PeriodSeconds: 10, TimeoutSeconds: 5, FailureThreshold: 3},
		LivenessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("http")}}, PeriodSeconds: 20, FailureThreshold: 3},
		Lifecycle:      pause(drain),
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")},
		},
		VolumeMounts: append(mounts, k.shared(true)...),
	}
}

// restricted is what the Pod Security Standard of that name asks for, and no
// file that can be written besides.
func restricted(user int64) *corev1.SecurityContext {
	return &corev1.SecurityContext{
		RunAsUser: &user, AllowPrivilegeEscalation: ptr(false), ReadOnlyRootFilesystem: ptr(true),
		Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}

// pause keeps a container from its signal to stop for some seconds.
func pause(n int) *corev1.Lifecycle {
	return &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"sleep", strconv.Itoa(n)}}}}
}

// resources fit the worker processes: as large as one may become, by
// reload-on-rss or uWSGI's limit-as, and the master beside them.
func (k *cluster) resources() corev1.ResourceRequirements {
	n := k.p.App.Processes + 1
	request, limit := processRequest, processLimit
	if rss := k.p.App.ReloadOnRSS; rss > 0 {
		request, limit = rss, rss+rss/4
	}
	for _, raw := range k.p.RawUwsgi {
		if as, err := strconv.Atoi(raw.Value); raw.Name == "limit-as" && err == nil && as > 0 {
			limit = as
			request = min(request, as)
		}
	}
	mebibytes := func(n int) resource.Quantity { return *resource.NewQuantity(int64(n)<<20, resource.BinarySI) }
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(int64(k.p.App.Processes*processCPU), resource.DecimalSI), corev1.ResourceMemory: mebibytes(n * request)},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: mebibytes(n * limit)},
	}
}

// shared are the mounts of the socket and of the folders that the application
// writes to; nginx reads those of uploads alone.
func (k *cluster) shared(front bool) []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	if file := project.Socket(k.p.App.Endpoint); file != "" {
		mounts = append(mounts, corev1.VolumeMount{Name: "socket", MountPath: k.plain("app.endpoint", path.Dir(file)), ReadOnly: front})
	}
	for i, folder := range k.writable() {
		if !front || k.uploads(folder) {
			mounts = append(mounts, corev1.VolumeMount{Name: "data", MountPath: folder, SubPath: "data" + strconv.Itoa(i+1), ReadOnly: front})
		}
	}
	return mounts
}

func (k *cluster) volumes() []corev1.Volume {
	empty := func(name string) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	}
	config := func(name string) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: k.name + "-" + name}}}}
	}
	volumes := []corev1.Volume{config("nginx"), config("uwsgi"), empty("tmp")}
	if project.Socket(k.p.App.Endpoint) != "" {
		volumes = append(volumes, empty("socket"))
	}
	if len(k.writable()) > 0 {
		volumes = append(volumes, corev1.Volume{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: k.name}}})
	}
	return volumes
}

func ptr[T any](v T) *T { return &v }
