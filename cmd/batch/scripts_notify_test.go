package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdReceiver starts a receiver of notifications and puts its address into
// $HOOK. It answers with the statuses that are given, in turn, the last one for
// good, and {"errcode":0}; what is posted stands in post-1.json and so on.
func cmdReceiver(ts *testscript.TestScript, neg bool, args []string) {
	var mu sync.Mutex
	posts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		posts++
		if err == nil && r.Method == http.MethodPost {
			err = os.WriteFile(ts.MkAbs(fmt.Sprintf("post-%d.json", posts)), body, 0o600)
		}
		if err != nil {
			w.WriteHeader(http.StatusTeapot) // the script misses its file
			return
		}
		status, _ := strconv.Atoi(argument(args, min(posts, len(args))-1))
		w.WriteHeader(max(status, http.StatusOK))
		_, _ = io.WriteString(w, `{"errcode":0}`)
	}))
	ts.Defer(server.Close)
	ts.Setenv("HOOK", strings.TrimSpace(server.URL)+"/robot/send?access_token=5ecre7-7oken-of-the-chat")
}
