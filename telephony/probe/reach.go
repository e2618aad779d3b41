package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/testcall"
)

// reachFor is how long a server is asked whether it is there.
const reachFor = 3 * time.Second

// Reach asks the second line's server whether it is there, without calling anybody. Any answer
// will do, also a refusal.
func (l *Line) Reach(ctx context.Context) error {
	c := &call{report: func(testcall.Caller) {}}
	if err := c.open(l.cfg, l.cfg.Number, "0"); err != nil {
		return err
	}
	defer c.close()
	ctx, cancel := context.WithTimeout(ctx, reachFor)
	defer cancel()
	c.read.Go(func() { c.listen(ctx.Done()) })
	ask := c.request(sip.OPTIONS, c.target, sip.GenerateBranch(), c.seq, c.to)
	ask.SetBody(nil)
	again := time.NewTicker(sip.T1)
	defer again.Stop()
	for {
		c.write(ask)
		select {
		case m := <-c.in:
			if _, answer := m.(*sip.Response); answer {
				return nil
			}
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("the second line's server %s does not answer: look at its address, at the network and at the firewall", l.cfg.Server)
		}
	}
}
