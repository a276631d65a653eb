// A closed loop of puts or gets through Consul's own Go client (github.com/hashicorp/consul/api), for bench/own-tool-cost.ts.
// Prints the operations that succeeded and this process' processor time for them in seconds, user and system, after as
// many that warm up.
//
//	consul-kv put|get CLIENTS OPERATIONS KEY-COUNT VALUE-BYTES HOST:PORT...
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/hashicorp/consul/api"
)

func main() {
	f, clients, operations, keys, bytes := os.Args[1], number(2), number(3), number(4), number(5)
	value := []byte(strings.Repeat("v", bytes))
	loop := func() int64 {
		var all sync.WaitGroup
		var begun, done int64
		for i := 0; i < clients; i++ {
			config := api.DefaultConfig()
			config.Address = os.Args[6+i%(len(os.Args)-6)]
			client, err := api.NewClient(config)
			if err != nil {
				panic(err)
			}
			all.Add(1)
			go func() {
				defer all.Done()
				for n := atomic.AddInt64(&begun, 1); n <= int64(operations); n = atomic.AddInt64(&begun, 1) {
					key := fmt.Sprintf("cost-%d", n%int64(keys))
					var err error
					if f == "put" {
						_, err = client.KV().Put(&api.KVPair{Key: key, Value: value}, nil)
					} else {
						_, _, err = client.KV().Get(key, nil)
					}
					if err == nil {
						atomic.AddInt64(&done, 1)
					}
				}
			}()
		}
		all.Wait()
		return done
	}
	loop()
	before := processorTime()
	done := loop()
	fmt.Println(done, processorTime()-before)
}

func number(at int) int {
	value, err := strconv.Atoi(os.Args[at])
	if err != nil {
		panic(err)
	}
	return value
}

func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
