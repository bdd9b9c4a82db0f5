package dashboard

import "slices"

// window is how many seconds are counted one by one.
const window = 120

// recent is of how many seconds and requests the percentiles are.
const (
	recentSeconds  = 60
	recentRequests = 1024
)

// rates counts requests by the second. Its size does not depend on their number.
type rates struct {
	seconds [window]struct {
		at    int64 // Unix seconds
		count int
	}
	took [recentRequests]struct {
		at   int64
		took float64 // seconds
	}
	total, failed int
}

// numbers is what rates come to.
type numbers struct {
	total, failed int
	bySecond      [window]int // the last is the second before now
	now           float64     // requests a second over the last 5
	half, most    float64     // p50 and p95 in seconds
	any           bool        // there are requests that half and most are of
}

// add counts a request. took is in seconds.
func (r *rates) add(at int64, took float64, failed bool) {
	s := &r.seconds[at%window]
	if s.at != at {
		s.at, s.count = at, 0
	}
	s.count++
	t := &r.took[r.total%recentRequests]
	t.at, t.took = at, took
	r.total++
	if failed {
		r.failed++
	}
}

func (r *rates) numbers(at int64) numbers {
	n := numbers{total: r.total, failed: r.failed}
	for i := range window {
		second := at - int64(window-i)
		if s := r.seconds[(second%window+window)%window]; s.at == second {
			n.bySecond[i] = s.count
		}
	}
	for _, count := range n.bySecond[window-5:] {
		n.now += float64(count) / 5
	}
	var took []float64
	for i := range min(r.total, recentRequests) {
		if r.took[i].at > at-recentSeconds {
			took = append(took, r.took[i].took)
		}
	}
	if n.any = len(took) > 0; n.any {
		slices.Sort(took)
		n.half, n.most = took[(len(took)*50+99)/100-1], took[(len(took)*95+99)/100-1] // the nearest rank
	}
	return n
}

// bars are the heights of a sparkline.
var bars = []rune("▁▂▃▄▅▆▇█")

// spark draws the last seconds in so many columns: the highest reaches the top.
func (n *numbers) spark(width int) string {
	width = min(max(0, width), window)
	shown := n.bySecond[window-width:]
	top := 1
	for _, count := range shown {
		top = max(top, count)
	}
	line := make([]rune, 0, width)
	for _, count := range shown {
		at := 0
		if count > 0 {
			at = min(len(bars)-1, max(1, (count*(len(bars)-1)+top/2)/top))
		}
		line = append(line, bars[at])
	}
	return string(line)
}
