package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
)

// bareRole is the word that makes the benchmark the bare client.
const bareRole = "bare"

// bare is the least that a client can do: for each vehicle it sends the signed
// order, finds the order's number, sends the signed request for the report and
// throws the report away. It writes nothing down and understands nothing.
type bare struct {
	tencent vendors.Vendor
	client  *http.Client
	next    atomic.Int64
	n       int64
	keep    func(vin string, report []byte) error // what becomes of a report; nil: nothing
}

func bareMain(ctx context.Context, words []string) error {
	if len(words) != 3 && len(words) != 4 {
		return errors.New("want: bench bare URL VEHICLES CONNECTIONS [FILE]")
	}
	n, err := strconv.Atoi(words[1])
	connections, err2 := strconv.Atoi(words[2])
	if err := errors.Join(err, err2); err != nil {
		return fmt.Errorf("bare: %w", err)
	}
	tencent, err := tencentAt(words[0])
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	b := &bare{tencent: tencent, client: &http.Client{Transport: transport}, n: int64(n)}
	if len(words) == 3 {
		return b.run(ctx, connections)
	}
	return harness.WriteFile(words[3], func(w *bufio.Writer) error {
		b.keep = keepIn(w)
		return b.run(ctx, connections)
	})
}

// keepIn writes a report as a line of NDJSON, with the VIN that was asked for:
// the vendor hides part of it. The answer itself has no line breaks. Characters
// that the vendor broke are replaced, for DuckDB refuses a file that has any.
func keepIn(w *bufio.Writer) func(vin string, report []byte) error {
	var mu sync.Mutex
	return func(vin string, report []byte) error {
		mu.Lock()
		defer mu.Unlock()
		_, err := fmt.Fprintf(w, "{\"vin\":%q,\"report\":%s}\n", vin, bytes.ToValidUTF8(report, []byte("\uFFFD")))
		return err
	}
}

// tencentAt is the adapter that batch uses, for the sake of the same requests.
func tencentAt(url string) (vendors.Vendor, error) {
	d, ok := all.Find("tencent")
	if !ok {
		return nil, errors.New("there is no adapter for tencent")
	}
	k := simulator.DefaultCredentials()
	return d.New(vendors.Settings{BaseURL: url, Values: map[string]string{"secret_id": k.TencentSecretID, "secret_key": k.TencentKey}}, time.Now)
}

func (b *bare) run(ctx context.Context, connections int) error {
	errs := make([]error, connections)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = b.work(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (b *bare) work(ctx context.Context) error {
	for i := b.next.Add(1) - 1; i < b.n; i = b.next.Add(1) - 1 {
		if err := b.lookup(ctx, harness.VIN(int(i))); err != nil {
			return fmt.Errorf("vehicle %d: %w", i, err)
		}
	}
	return nil
}

func (b *bare) lookup(ctx context.Context, vin string) error {
	order, err := b.tencent.NewSubmit(ctx, record.DatasetMaintenance, &record.Vehicle{VIN: vin})
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := b.send(order, &body); err != nil {
		return err
	}
	number, err := orderNumber(body.Bytes())
	if err != nil {
		return err
	}
	report, err := b.tencent.NewPoll(ctx, record.DatasetMaintenance, number)
	if err != nil {
		return err
	}
	if b.keep == nil {
		return b.send(report, io.Discard)
	}
	body.Reset()
	if err := b.send(report, &body); err != nil {
		return err
	}
	return b.keep(vin, body.Bytes())
}

func (b *bare) send(req *http.Request, body io.Writer) error {
	resp, err := b.client.Do(req)
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	_, err = io.Copy(body, resp.Body)
	if resp.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("the simulator answers %s", resp.Status))
	}
	return errors.Join(err, resp.Body.Close())
}

// orderNumber finds the number without reading the answer as JSON.
func orderNumber(body []byte) (string, error) {
	_, rest, found := bytes.Cut(body, []byte(`"orderId":"`))
	number, _, ended := bytes.Cut(rest, []byte(`"`))
	if !found || !ended {
		return "", fmt.Errorf("no order number in %q", body)
	}
	return string(number), nil
}

// runBare does the job once with the bare client, in a process of its own.
func (b *bench) runBare(ctx context.Context) (exited, error) {
	v, err := startVendor(ctx, b.batch)
	if err != nil {
		return exited{}, err
	}
	e, err := runProcess(ctx, start{program: b.self, dir: b.dir,
		args: []string{bareRole, v.URL, strconv.Itoa(b.vehicles), strconv.Itoa(b.connections)}})
	if err != nil {
		_ = v.Stop()
		return e, err
	}
	return e, v.Stop()
}
