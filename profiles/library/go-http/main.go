// A service that does what Go services do in a year: each page takes another way through the runtime and the standard
// library. Everything stays on this host. It is built static: CGO_ENABLED=0 go build.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	plainAddress  = flag.String("http", "127.0.0.1:8080", "where to serve HTTP")
	secureAddress = flag.String("https", "", "where to serve HTTPS with tls/cert.pem and tls/key.pem")
	closedAddress = flag.String("closed", "127.0.0.1:9", "where nobody listens")
	logFile       = flag.String("log", "", "a file for the log, opened anew on SIGUSR1")
)

// page answers with what work returns, and with status 500 when it fails.
func page(work func(*http.Request) (string, error)) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		text, err := work(request)
		if err != nil {
			log.Printf("%s: %v", request.URL.Path, err)
			http.Error(answer, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(answer, text)
	}
}

func number(request *http.Request, name string, usual int) int {
	if value, err := strconv.Atoi(request.URL.Query().Get(name)); err == nil {
		return value
	}
	return usual
}

// --- memory ---

var kept [64][]byte

// churn makes garbage, so that the collector has to run.
func churn(request *http.Request) (string, error) {
	var blocks [64][]byte
	for i := 0; i < number(request, "blocks", 2000); i++ {
		block := make([]byte, 32*1024)
		block[0] = 1
		blocks[i%len(blocks)] = block
	}
	return fmt.Sprint("made garbage, ", len(blocks)), nil
}

// spin is a loop without a call: only a signal can interrupt it.
func spin(rounds int, stop *int32) {
	for round := 0; round < rounds && atomic.LoadInt32(stop) == 0; round++ {
	}
}

// fastest is the time that so many rounds of spin take when nothing else wants the processor.
func fastest(rounds int) time.Duration {
	best := time.Hour
	for i := 0; i < 5; i++ {
		var stop int32
		began := time.Now()
		spin(rounds, &stop)
		if took := time.Since(began); took < best {
			best = took
		}
	}
	return best
}

// collect runs the collector while every processor spins, for some twenty-five seconds if nothing interrupts the loops.
func collect(*http.Request) (string, error) {
	const measured = 20_000_000
	var stop int32
	rounds := int(25*time.Second/fastest(measured)) * measured

	var loops sync.WaitGroup
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		loops.Add(1)
		go func() {
			defer loops.Done()
			spin(rounds, &stop)
		}()
	}
	time.Sleep(10 * time.Millisecond) // the loops run
	began := time.Now()
	runtime.GC()
	took := time.Since(began)
	atomic.StoreInt32(&stop, 1)
	loops.Wait()
	return fmt.Sprint("collected in ", took.Milliseconds(), " ms"), nil
}

// release gives memory back to the kernel.
func release(*http.Request) (string, error) {
	for i := range kept {
		kept[i] = make([]byte, 1<<20)
	}
	kept = [64][]byte{}
	debug.FreeOSMemory()
	return "released", nil
}

// --- files ---

// save writes the body to a temporary file, flushes it and moves it into place.
func save(request *http.Request) (string, error) {
	file, err := os.CreateTemp("data", "upload-")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name()) // no longer there when all went well
	defer file.Close()
	length, err := io.Copy(file, request.Body)
	if err != nil {
		return "", err
	}
	if err := file.Sync(); err != nil {
		return "", err
	}
	return fmt.Sprint(length, " bytes"), os.Rename(file.Name(), "data/upload")
}

// copyFile lets the kernel copy.
func copyFile(*http.Request) (string, error) {
	source, err := os.Open("data/large")
	if err != nil {
		return "", err
	}
	defer source.Close()
	target, err := os.Create("data/copy")
	if err != nil {
		return "", err
	}
	defer target.Close()
	length, err := io.Copy(target, source)
	return fmt.Sprint(length, " bytes"), err
}

// arrange makes, lists, links, changes and removes files.
func arrange(*http.Request) (string, error) {
	if err := os.MkdirAll("data/tree/deep", 0o755); err != nil {
		return "", err
	}
	name := "data/tree/deep/file"
	entries := 0
	for _, do := range []func() error{
		func() error { return os.WriteFile(name, []byte("text"), 0o644) },
		func() error { return os.Chmod(name, 0o600) },
		func() error { return os.Chtimes(name, time.Now(), time.Now()) },
		func() error { return os.Truncate(name, 2) },
		func() error { return os.Symlink("file", "data/tree/deep/symlink") },
		func() error { _, err := os.Readlink("data/tree/deep/symlink"); return err },
		func() error { return os.Link(name, "data/tree/deep/link") },
		func() error {
			return filepath.WalkDir("data/tree", func(string, os.DirEntry, error) error { entries++; return nil })
		},
		func() error { return os.RemoveAll("data/tree") },
	} {
		if err := do(); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(entries, " entries"), nil
}

// --- processes, network, time ---

func run(*http.Request) (string, error) {
	output, err := exec.Command("/bin/echo", "from a child").Output()
	return string(output), err
}

// stopChild starts a child that would run for long and kills it at its deadline.
func stopChild(request *http.Request) (string, error) {
	soon, cancel := context.WithTimeout(request.Context(), 50*time.Millisecond)
	defer cancel()
	err := exec.CommandContext(soon, "/bin/sleep", "60").Run()
	if failure := (*exec.ExitError)(nil); errors.As(err, &failure) {
		return "stopped", nil
	}
	return "", fmt.Errorf("the child ended with %v", err)
}

func fetch(url string) func(*http.Request) (string, error) {
	return func(*http.Request) (string, error) {
		client := http.Client{
			Timeout:   3 * time.Second,
			Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		}
		answer, err := client.Get(url)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return string(body), err
	}
}

// refused wants a connection that nobody accepts.
func refused(*http.Request) (string, error) {
	if _, err := net.DialTimeout("tcp", *closedAddress, time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
		return "", fmt.Errorf("wanted a refused connection, got %v", err)
	}
	return "refused", nil
}

// lookUp asks a name server that is not there, by Go's own resolver.
func lookUp(request *http.Request) (string, error) {
	resolver := net.Resolver{PreferGo: true, Dial: func(to context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(to, "udp", *closedAddress)
	}}
	soon, cancel := context.WithTimeout(request.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := resolver.LookupHost(soon, "nobody.example.org"); err == nil {
		return "", errors.New("a name server answered")
	}
	addresses, err := resolver.LookupHost(request.Context(), "localhost")
	return fmt.Sprint(addresses), err
}

func interfaces(*http.Request) (string, error) {
	list, err := net.Interfaces()
	if err != nil {
		return "", err
	}
	for _, one := range list {
		if _, err := one.Addrs(); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(len(list), " interfaces"), nil
}

// sockets talks to itself over a Unix socket and over UDP.
func sockets(*http.Request) (string, error) {
	defer os.Remove("data/socket")
	listener, err := net.Listen("unix", "data/socket")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	go func() {
		if connection, err := listener.Accept(); err == nil {
			io.Copy(connection, connection)
			connection.Close()
		}
	}()
	connection, err := net.Dial("unix", "data/socket")
	if err != nil {
		return "", err
	}
	defer connection.Close()
	fmt.Fprint(connection, "echo")
	connection.(*net.UnixConn).CloseWrite()
	text, err := io.ReadAll(connection)
	if err != nil {
		return "", err
	}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer packets.Close()
	if _, err := packets.WriteTo(text, packets.LocalAddr()); err != nil {
		return "", err
	}
	packets.SetReadDeadline(time.Now().Add(2 * time.Second))
	buffer := make([]byte, 16)
	length, _, err := packets.ReadFrom(buffer)
	return string(buffer[:length]), err
}

func who(*http.Request) (string, error) {
	current, err := user.Current()
	if err != nil {
		return "", err
	}
	name, err := os.Hostname()
	return fmt.Sprint(current.Uid, " on ", name, ", parent ", os.Getppid()), err
}

// timers makes many, most of which are stopped before they fire.
func timers(*http.Request) (string, error) {
	var fired int32
	for i := 0; i < 20000; i++ {
		timer := time.AfterFunc(time.Duration(i%100)*time.Millisecond, func() { atomic.AddInt32(&fired, 1) })
		if i%4 != 0 {
			timer.Stop()
		}
	}
	time.Sleep(120 * time.Millisecond)
	return fmt.Sprint(atomic.LoadInt32(&fired) > 0), nil
}

// threads keeps many in system calls at once, and lets each end: a goroutine that is locked to its thread takes it along.
func threads(*http.Request) (string, error) {
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			runtime.LockOSThread()
			pause := syscall.NsecToTimespec(int64(20 * time.Millisecond))
			syscall.Nanosleep(&pause, nil)
		}()
	}
	all.Wait()
	return "done", nil
}

// --- signals ---

var logTo *os.File

// openLog opens the log; the second time in place of the first, so that all who write to it go on in the new file.
func openLog() error {
	if *logFile == "" {
		return nil
	}
	file, err := os.OpenFile(*logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if logTo == nil {
		logTo = file
		log.SetOutput(file)
		return nil
	}
	defer file.Close()
	return syscall.Dup3(int(file.Fd()), int(logTo.Fd()), syscall.O_CLOEXEC)
}

// serve answers until it is told to stop; then those who wait are answered first.
func serve(servers ...*http.Server) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT)
	for got := range signals {
		switch got {
		case syscall.SIGHUP:
			log.Print("reloaded")
		case syscall.SIGUSR1:
			if err := openLog(); err != nil {
				log.Print("log: ", err)
				continue
			}
			log.Print("log opened")
		default:
			soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			for _, server := range servers {
				if err := server.Shutdown(soon); err != nil {
					log.Print("shutdown: ", err)
				}
			}
			log.Print("stopped")
			return
		}
	}
}

func main() {
	flag.Parse()
	if err := openLog(); err != nil {
		log.Fatal(err)
	}
	pages := http.NewServeMux()
	for path, work := range map[string]func(*http.Request) (string, error){
		"/":      func(*http.Request) (string, error) { return "hello", nil },
		"/slow":  func(*http.Request) (string, error) { time.Sleep(300 * time.Millisecond); return "late", nil },
		"/churn": churn, "/collect": collect, "/release": release, "/save": save, "/copy": copyFile, "/arrange": arrange,
		"/run": run, "/stop-child": stopChild, "/refused": refused, "/look-up": lookUp, "/interfaces": interfaces,
		"/sockets": sockets, "/who": who, "/timers": timers, "/threads": threads,
		"/fetch": fetch("http://" + *plainAddress + "/"), "/fetch-tls": fetch("https://" + *secureAddress + "/"),
	} {
		pages.HandleFunc(path, page(work))
	}
	pages.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir("data"))))
	pages.HandleFunc("/debug/pprof/", pprof.Index)
	pages.HandleFunc("/debug/pprof/profile", pprof.Profile)
	pages.HandleFunc("/debug/pprof/trace", pprof.Trace)

	plain := &http.Server{Addr: *plainAddress, Handler: pages, IdleTimeout: 2 * time.Second}
	secure := &http.Server{Addr: *secureAddress, Handler: pages, IdleTimeout: 2 * time.Second}
	start := func(listen func() error) {
		if err := listen(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}
	go start(plain.ListenAndServe)
	if *secureAddress != "" {
		go start(func() error { return secure.ListenAndServeTLS("tls/cert.pem", "tls/key.pem") })
	}
	serve(plain, secure)
}
