package gen

import (
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/deployctl/deployctl/project"
)

// tls tells whether a server is reached over TLS, which the Ingress ends.
func (k *cluster) tls() bool {
	for _, s := range k.p.Servers {
		if s.TLS != project.NoTLS {
			return true
		}
	}
	return false
}

func (k *cluster) service() *corev1.Service {
	return &corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: k.meta(),
		Spec: corev1.ServiceSpec{Selector: k.labels(), Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}}},
	}
}

// ingress leads every host name to the Service. What it allows is what nginx in
// the pod allows: annotations are those of ingress-nginx.
func (k *cluster) ingress() *networkingv1.Ingress {
	p := k.p
	in := &networkingv1.Ingress{TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"}, ObjectMeta: k.meta()}
	wait := strconv.Itoa(seconds(p.Limits.ReadTimeout) + drain)
	in.Annotations = map[string]string{
		"nginx.ingress.kubernetes.io/proxy-body-size":    size(LargestBody(p)),
		"nginx.ingress.kubernetes.io/proxy-read-timeout": wait,
		"nginx.ingress.kubernetes.io/proxy-send-timeout": wait,
		"nginx.ingress.kubernetes.io/proxy-buffer-size":  size(int64(p.Limits.ResponseHeader)),
	}
	in.Spec.IngressClassName = ptr("nginx")
	prefix := networkingv1.PathTypePrefix
	paths := &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
		Path: "/", PathType: &prefix,
		Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: k.name, Port: networkingv1.ServiceBackendPort{Name: "http"}}},
	}}}
	var secured []string
	seen := map[string]bool{}
	for _, s := range p.Servers {
		for _, name := range s.Names {
			host := strings.ToLower(name)
			if strings.HasPrefix(host, ".") {
				host = "*" + host
			}
			if host == "_" || strings.ContainsAny(strings.TrimPrefix(host, "*."), "*~") {
				host = "" // every host
			}
			if seen[host] {
				continue
			}
			seen[host] = true
			in.Spec.Rules = append(in.Spec.Rules, networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: paths}})
			if s.TLS != project.NoTLS && host != "" {
				secured = append(secured, host)
			}
		}
		if s.TLS == project.LetsEncrypt {
			in.Annotations["cert-manager.io/cluster-issuer"] = "letsencrypt"
		}
	}
	if len(secured) > 0 {
		in.Spec.TLS = []networkingv1.IngressTLS{{Hosts: secured, SecretName: k.name + "-tls"}}
	}
	return in
}

func (k *cluster) autoscaler() *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta: metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"}, ObjectMeta: k.meta(),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: k.name},
			MinReplicas:    ptr(int32(2)), MaxReplicas: 10,
			Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
				Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: ptr(int32(75))},
			}}},
		},
	}
}

func (k *cluster) disruption() *policyv1.PodDisruptionBudget {
	one := intstr.FromInt32(1)
	return &policyv1.PodDisruptionBudget{
		TypeMeta: metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}, ObjectMeta: k.meta(),
		Spec: policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &one, Selector: &metav1.LabelSelector{MatchLabels: k.labels()}},
	}
}

// networkPolicy lets the Ingress controller's namespace in, whose headers nginx
// believes, and nobody else.
func (k *cluster) networkPolicy() *networkingv1.NetworkPolicy {
	port := intstr.FromString("http")
	return &networkingv1.NetworkPolicy{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}, ObjectMeta: k.meta(),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: k.labels()},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{
				From:  []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "ingress-nginx"}}}},
				Ports: []networkingv1.NetworkPolicyPort{{Port: &port}},
			}},
		},
	}
}

// claim is the storage of what the application writes, which every pod shares;
// nil where it writes nothing.
func (k *cluster) claim() *corev1.PersistentVolumeClaim {
	if len(k.writable()) == 0 {
		return nil
	}
	return &corev1.PersistentVolumeClaim{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}, ObjectMeta: k.meta(),
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10Gi")}},
		},
	}
}
