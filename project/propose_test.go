package project

import "testing"

func TestPropose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host               Host
		processes, threads int
		why                string
	}{
		{Host{4, 8192}, 8, 1, "2 for each of 4 processors; 128 MiB each, they take 1024 of 8192 MiB"},
		{Host{8, 1024}, 4, 4, "half of 1024 MiB holds 4 processes of 128 MiB; 4 threads in each make up 2 for each of 8 processors"},
		{Host{1, 100}, 1, 2, "half of 100 MiB holds 1 processes of 128 MiB; 2 threads in each make up 2 for each of 1 processors"},
		{Host{2, 0}, 4, 1, "2 for each of 2 processors"},
		{Host{}, 2, 1, "2 for each of 1 processors"},
	} {
		got := Propose(c.host)
		if got.Processes != c.processes || got.Threads != c.threads || got.Why.String() != c.why {
			t.Errorf("%+v: %d and %d, %s", c.host, got.Processes, got.Threads, got.Why)
		}
	}
}
