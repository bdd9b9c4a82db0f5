package pair

import "testing"

func TestGunicornBeside(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"gunicorn.conf.py": "# bind = 'x'\nbind = [\"unix:/run/shop/g.sock\"]\nworkers = 2\n",
		"nginx.conf":       "events {}\nhttp { server { location / { proxy_pass http://unix:/run/shop/g.sock; } location /x { proxy_pass http://127.0.0.1:8000; } } }\n",
	}
	p, err := Load([]string{"gunicorn.conf.py", "nginx.conf"}, Options{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Beside(p.Passes[0].Targets[0]) || p.Beside(p.Passes[1].Targets[0]) {
		t.Error("gunicorn's socket is not found, or another one is taken for it")
	}
}
