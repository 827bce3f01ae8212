import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The sample service of the java pack: a route for each part of the runtime that a service of some age has come to use.
 * Every route answers with something that only the work done can have produced.
 *
 * <p>Arguments: the port for HTTP and the port for HTTPS.
 */
public class Server {
    private static final Path LARGE = Path.of("large.bin");
    private static final Map<String, Callable<String>> ROUTES = new TreeMap<>();
    private static int port;

    public static void main(String[] arguments) throws Exception {
        port = Integer.parseInt(arguments[0]);
        Files.write(LARGE, new byte[1 << 20]);
        Files.writeString(Path.of("server.pid"), ProcessHandle.current().pid() + "\n");

        ROUTES.put("/", () -> "hello\n");
        ROUTES.put("/disk", Server::disk);
        ROUTES.put("/channel", Server::channel);
        ROUTES.put("/zip", Server::zip);
        ROUTES.put("/watch", Server::watch);
        ROUTES.put("/names", Server::names);
        ROUTES.put("/outbound", Server::outbound);
        ROUTES.put("/sockets", Server::sockets);
        ROUTES.put("/process", Server::process);
        ROUTES.put("/threads", Server::threads);
        ROUTES.put("/crypto", Server::crypto);
        ROUTES.put("/collect", Server::collect);
        ROUTES.put("/full", Server::full);
        ROUTES.put("/recording", Server::recording);
        ROUTES.put("/heap-dump", Server::heapDump);
        ROUTES.put("/management", Server::management);
        ROUTES.put("/nap", Server::nap);

        HttpServer plain = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls()));
        for (HttpServer server : List.of(plain, secure)) {
            server.setExecutor(Executors.newFixedThreadPool(8));
            server.createContext("/", Server::answer);
            server.createContext("/file", Server::file);
            server.createContext("/upload", Server::upload);
            server.start();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            plain.stop(0);
            secure.stop(0);
            System.out.println("stopped");
        }));
    }

    // --- serving -----------------------------------------------------------------------------------------------------

    private static void answer(HttpExchange exchange) throws IOException {
        Callable<String> route = ROUTES.get(exchange.getRequestURI().getPath());
        try {
            reply(exchange, route == null ? 404 : 200, route == null ? "nothing here\n" : route.call());
        } catch (IOException gone) {
            throw gone;
        } catch (Exception | Error error) {
            error.printStackTrace();
            reply(exchange, 500, error + "\n");
        }
    }

    private static void file(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, Files.size(LARGE));
        Files.copy(LARGE, exchange.getResponseBody());
        exchange.close();
    }

    private static void upload(HttpExchange exchange) throws IOException {
        Path stored = Path.of("upload.bin");
        Files.copy(exchange.getRequestBody(), stored, StandardCopyOption.REPLACE_EXISTING);
        reply(exchange, 200, "stored " + Files.size(stored) + "\n");
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, text.getBytes().length);
        exchange.getResponseBody().write(text.getBytes());
        exchange.close();
    }

    private static SSLContext tls() throws Exception {
        byte[] key = Base64.getMimeDecoder().decode(Files.readString(Path.of("tls/key.pem")).replaceAll("-----[^-]*-----", ""));
        var certificates = CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(Path.of("tls/cert.pem"))));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", privateKey(key), new char[0], certificates.toArray(new Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static java.security.PrivateKey privateKey(byte[] key) throws Exception {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (InvalidKeySpecException notElliptic) {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
        }
    }

    // --- what the routes do ------------------------------------------------------------------------------------------

    private static String disk() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "disk");
        Path first = folder.resolve("a");
        Files.writeString(first, "hello wide world");
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("rw-r-----"));
        Files.setOwner(first, Files.getOwner(first));
        Files.setLastModifiedTime(first, FileTime.fromMillis(1));
        Files.copy(first, folder.resolve("b"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(folder.resolve("b"), folder.resolve("c"), StandardCopyOption.ATOMIC_MOVE);
        Files.createLink(folder.resolve("d"), first);
        Files.createSymbolicLink(folder.resolve("e"), Path.of("a"));
        Files.readSymbolicLink(folder.resolve("e"));
        folder.resolve("e").toRealPath();
        Files.createDirectories(folder.resolve("f/g"));
        Files.getFileStore(folder).getUsableSpace();
        first.toFile().setReadable(true);
        first.toFile().canExecute();
        String names;
        try (var walk = Files.walk(folder)) {
            List<Path> all = walk.sorted().collect(Collectors.toList());
            names = all.stream().skip(1).map(path -> path.getFileName().toString()).collect(Collectors.joining());
            for (int i = all.size(); i-- > 0;) Files.delete(all.get(i));
        }
        return names + "\n";
    }

    private static String channel() throws Exception {
        Path path = Path.of("channel.bin");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel copy = FileChannel.open(Path.of("copy.bin"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock().release();
            channel.write(ByteBuffer.wrap("hello".getBytes()), 0);
            channel.write(new ByteBuffer[] {ByteBuffer.wrap(" wide".getBytes()), ByteBuffer.wrap(" world".getBytes())});
            channel.force(false);
            channel.force(true);
            var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8192);
            mapped.put(0, (byte) 'H');
            mapped.force();
            channel.transferTo(0, 4096, copy);
            channel.truncate(4096);
        }
        try (RandomAccessFile file = new RandomAccessFile("copy.bin", "rw")) {
            file.setLength(100);
            file.seek(0);
            return (char) file.read() + " " + Files.size(path) + "\n";
        }
    }

    private static String zip() throws Exception {
        Path path = Path.of("data.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
            out.putNextEntry(new ZipEntry("entry"));
            out.write(new byte[100_000]);
        }
        try (ZipFile file = new ZipFile(path.toFile())) {
            return "entry of " + file.getInputStream(file.getEntry("entry")).readAllBytes().length + "\n";
        }
    }

    private static String watch() throws Exception {
        Path folder = Files.createDirectories(Path.of("watched"));
        try (var watcher = folder.getFileSystem().newWatchService()) {
            folder.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
            Files.writeString(folder.resolve("new" + System.nanoTime()), "");
            return "seen " + watcher.poll(10, TimeUnit.SECONDS).pollEvents().size() + "\n";
        }
    }

    private static String names() throws Exception {
        long cards = NetworkInterface.networkInterfaces().filter(card -> card.inetAddresses().count() > 0).count();
        boolean reachable = InetAddress.getByName("127.0.0.1").isReachable(1000);
        return InetAddress.getByName("localhost").isLoopbackAddress() + " " + (cards > 0) + " " + reachable + "\n";
    }

    private static String outbound() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/")).timeout(Duration.ofSeconds(10)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Channels with a selector: TCP, UDP and a Unix socket. */
    private static String sockets() throws Exception {
        Path path = Path.of("service.sock");
        String heard = "";
        try (ServerSocketChannel inet = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
                DatagramChannel udp = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress("127.0.0.1", 0))) {
            for (ServerSocketChannel server : List.of(inet, unix)) {
                try (SocketChannel client = SocketChannel.open(server.getLocalAddress()); SocketChannel served = server.accept(); Selector selector = Selector.open()) {
                    client.write(new ByteBuffer[] {ByteBuffer.wrap("st".getBytes()), ByteBuffer.wrap("ream ".getBytes())});
                    client.shutdownOutput();
                    served.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                    selector.select(10_000);
                    heard += text(served::read);
                }
            }
            udp.send(ByteBuffer.wrap("datagram".getBytes()), udp.getLocalAddress());
            return heard + text(buffer -> udp.receive(buffer) == null ? 0 : 1) + "\n";
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private interface Reading {
        int into(ByteBuffer buffer) throws IOException;
    }

    private static String text(Reading reading) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        reading.into(buffer);
        return new String(buffer.array(), 0, buffer.position());
    }

    private static String process() throws Exception {
        Process echo = new ProcessBuilder("/bin/echo", "spawned").directory(Path.of("/").toFile()).start();
        String said = new String(echo.getInputStream().readAllBytes()).trim();
        Process shell = new ProcessBuilder("sh", "-c", "wc -c | tr -d ' '").redirectInput(LARGE.toFile()).start();
        String counted = new String(shell.getInputStream().readAllBytes()).trim();
        Process sleep = new ProcessBuilder("sleep", "60").start();
        sleep.destroy();
        return said + " " + counted + " " + sleep.waitFor() + " " + echo.waitFor() + "\n";
    }

    private static String threads() throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        try {
            var tasks = IntStream.range(0, 10).<Callable<Integer>>mapToObj(n -> () -> n * n).collect(Collectors.toList());
            int sum = 0;
            for (var result : pool.invokeAll(tasks)) sum += result.get();
            return "squares " + sum + "\n";
        } finally {
            pool.shutdown();
            pool.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static String crypto() throws Exception {
        byte[] random = SecureRandom.getInstanceStrong().generateSeed(8);
        return KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic().getAlgorithm() + " " + random.length + "\n";
    }

    /** Garbage of every age, direct memory too, and full collections. */
    private static String collect() {
        List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            kept.add(new byte[20_000]);
            if (kept.size() > 1000) kept.subList(0, 500).clear();
            if (i % 1000 == 0) ByteBuffer.allocateDirect(1 << 20);
        }
        int count = kept.size();
        kept.clear();
        System.gc();
        return "kept " + count + "\n";
    }

    /** Memory that is all used up, in pieces so large that the other threads still find some; the service goes on. */
    private static String full() {
        int longs = (int) (Runtime.getRuntime().maxMemory() / 7 / Long.BYTES);
        List<long[]> kept = new ArrayList<>();
        try {
            for (;;) kept.add(new long[longs]);
        } catch (OutOfMemoryError expected) {
            boolean many = kept.size() > 3;
            kept = null;
            return "full " + many + "\n";
        }
    }

    /** The flight recorder, which samples threads by stopping them. */
    private static String recording() throws Exception {
        Path path = Path.of("recording.jfr").toAbsolutePath();
        try (var recording = new jdk.jfr.Recording(jdk.jfr.Configuration.getConfiguration("profile"))) {
            recording.start();
            for (long end = System.nanoTime() + 100_000_000; System.nanoTime() < end;) crypto();
            recording.stop();
            recording.dump(path);
        }
        return "recorded " + (Files.size(path) > 1000) + "\n";
    }

    private static String heapDump() throws Exception {
        Path path = Path.of("heap.hprof").toAbsolutePath();
        Files.deleteIfExists(path);
        ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class).dumpHeap(path.toString(), true);
        return "dumped " + (Files.size(path) > 1000) + "\n";
    }

    private static String management() throws Exception {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.UnixOperatingSystemMXBean.class);
        boolean sane = system.getOpenFileDescriptorCount() > 0 && system.getTotalMemorySize() > 0 && system.getCpuLoad() > -2
            && system.getProcessCpuTime() > 0 && system.getSystemLoadAverage() >= 0 && ManagementFactory.getThreadMXBean().dumpAllThreads(true, true).length > 0
            && ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() > 0 && ProcessHandle.allProcesses().count() > 0;
        return "sane " + sane + "\n";
    }

    /** A thread that waits with a timeout, again and again. */
    private static String nap() throws Exception {
        Object never = new Object();
        int naps = 0;
        synchronized (never) {
            for (; naps < 4; naps++) never.wait(50);
        }
        return "slept " + naps + " times\n";
    }
}
