package appserver

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/deployctl/deployctl/uwsgi"
)

// watch reloads when a file of touch-reload changes; uWSGI looks once a second
// too (core/master.c, master_check_touches).
func (s *Server) watch(c *uwsgi.Config) {
	if s.stopWatch != nil {
		s.stopWatch()
		s.stopWatch = nil
	}
	files := map[string]time.Time{}
	for _, o := range c.All("touch-reload") {
		files[o.Value] = modified(o.Value)
		if files[o.Value].IsZero() {
			fmt.Fprintf(s.options.Log, "unable to stat() %s, events will be triggered as soon as the file is created\n", o.Value)
		}
	}
	if len(files) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stopWatch = cancel
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for name, was := range files {
				if now := modified(name); !now.Equal(was) && !now.IsZero() {
					fmt.Fprintf(s.options.Log, "*** %s has been touched... grace them all !!! ***\n", name)
					files[name] = now
					go s.reloadAsked()
					break
				}
			}
		}
	}()
}

func modified(name string) time.Time {
	info, err := os.Stat(name)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
