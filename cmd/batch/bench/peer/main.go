// Command peer is Bento with the components that the benchmark's job needs. It
// is a module of its own, so that Bento stays out of the program's; `bench peer`
// builds it into its temporary folder.
package main

import (
	"context"
	"net/http"
	"os"
	"strconv"

	_ "github.com/warpstreamlabs/bento/public/components/io"
	_ "github.com/warpstreamlabs/bento/public/components/pure"
	_ "github.com/warpstreamlabs/bento/public/components/pure/extended"
	"github.com/warpstreamlabs/bento/public/service"
)

// main runs Bento as it comes. PEER_CONNECTIONS lets it keep so many connections
// to a server, which no setting of Bento's does: Go keeps two.
func main() {
	if n, err := strconv.Atoi(os.Getenv("PEER_CONNECTIONS")); err == nil {
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			t.MaxIdleConnsPerHost = n
		}
	}
	service.RunCLI(context.Background())
}
