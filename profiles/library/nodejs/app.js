// The sample service of the nodejs pack: a route for each part of the runtime that a service of some age has come to
// use. It needs nothing but Node.js itself. Every route answers with a line that only the work done can have produced.
'use strict';

const assert = require('assert');
const childProcess = require('child_process');
const cluster = require('cluster');
const crypto = require('crypto');
const dgram = require('dgram');
const dns = require('dns');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const inspector = require('inspector');
const net = require('net');
const os = require('os');
const path = require('path');
const { once } = require('events');
const { pipeline } = require('stream/promises');
const { promisify } = require('util');
const workers = require('worker_threads');
const zlib = require('zlib');

const httpPort = Number(process.env.HTTP_PORT);
const httpsPort = Number(process.env.HTTPS_PORT);
const run = promisify(childProcess.execFile);
let napping;

// --- what the routes do -----------------------------------------------------------------------------------------------

const routes = {
  '/': () => 'hello\n',
  '/large': () => Buffer.alloc(1 << 20, 'x'),
  '/pid': () => `${process.pid}\n`,

  // A file out, through read streams; a body into a file, through write streams.
  '/file': async (request, response) => pipeline(fs.createReadStream('large.bin'), response),
  '/upload': async (request) => {
    await pipeline(request, fs.createWriteStream('upload.bin'));
    return `stored ${fs.statSync('upload.bin').size}\n`;
  },

  // The thread pool.
  '/gzip': async () => {
    const packed = await promisify(zlib.gzip)(Buffer.alloc(1 << 18, 'callgate'));
    return (await promisify(zlib.gunzip)(packed)).subarray(0, 8);
  },
  '/crypto': async () => {
    const key = await promisify(crypto.pbkdf2)('secret', await promisify(crypto.randomBytes)(16), 1000, 32, 'sha256');
    const { publicKey } = await promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-256' });
    return `${publicKey.asymmetricKeyType} ${key.length}\n`;
  },

  '/disk': disk,
  '/sync-disk': syncDisk,
  '/watch': watch,

  // Names and other ways to talk.
  '/lookup': async () => (await dns.promises.lookup('localhost', { family: 4 })).address,
  '/resolve': resolve,
  '/outbound': () => fetchText({ host: 'localhost', family: 4, port: httpPort, path: '/' }),
  '/unix-socket': unixSocket,

  // Threads and processes.
  '/worker': async () => {
    const worker = new workers.Worker(__filename, { workerData: 30 });
    const [[answer]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return `fib ${answer}\n`;
  },
  // A thread that waits with a timeout, again and again; the second route tells how often it did.
  '/nap': () => {
    const worker = new workers.Worker(__filename, { workerData: 'nap' });
    napping = Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return once(worker, 'online').then(() => 'napping\n');
  },
  '/naps': async () => `slept ${(await napping)[0][0]} times\n`,
  '/spawn': async () => (await run('/bin/echo', ['spawned'])).stdout,
  '/shell': async () => (await promisify(childProcess.exec)('cat large.bin | wc -c')).stdout,
  '/spawn-sync': () => childProcess.execFileSync('/bin/echo', ['spawned at once']),
  '/fork': async () => {
    const child = childProcess.fork(__filename, ['child']);
    child.send('ping');
    const [[answer]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
    return `${answer}\n`;
  },
  '/kill-child': async () => {
    const child = childProcess.spawn('/bin/sleep', ['60']);
    await once(child, 'spawn');
    child.kill();
    return `${(await once(child, 'exit'))[1]}\n`;
  },

  // How a process ends badly: in a child, so that the service itself lives on.
  '/uncaught': () => endOf(['--report-uncaught-exception', '--report-filename=uncaught.json', '-e', 'throw new Error("x")']),
  '/out-of-memory': () => endOf(['--max-old-space-size=16', '-e', 'const a = []; for (;;) a.push(new Array(1e4).fill(a))']),

  // The engine.
  '/churn': () => {
    let kept = [];
    for (let i = 0; i < 200; i++) kept = [...kept.slice(-20), new Array(2e4).fill(i)];
    return `kept ${kept.length}\n`;
  },
  '/gc': () => {
    global.gc();
    return 'collected\n';
  },
  '/profile': profile,
  '/wasm': async () => {
    const bytes = Buffer.from('0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b', 'hex');
    return `sum ${(await WebAssembly.instantiate(bytes)).instance.exports.add(40, 2)}\n`;
  },
  '/report': () => `${process.report.writeReport('report.json')}\n`,
  '/snapshot': () => {
    const [name] = fs.readdirSync('.').filter((entry) => entry.endsWith('.heapsnapshot'));
    if (!name || !fs.readFileSync(name).subarray(-100).includes(']}')) return undefined;
    return 'complete\n';
  },
  '/system': () => {
    os.setPriority(os.getPriority());
    process.umask(process.umask(0o22));
    assert(os.networkInterfaces().lo && os.cpus().length && os.userInfo().uid === process.getuid());
    return `${os.type()} ${os.loadavg().length} ${process.getgroups().length > -1} ${process.resourceUsage().maxRSS > 0}\n`;
  },
  '/exit': (request, response) => response.end('bye\n', () => process.exit(3)),
};

async function disk() {
  const p = fs.promises;
  const folder = await p.mkdtemp(path.join(process.cwd(), 'disk-'));
  const at = (name) => path.join(folder, name);
  const file = await p.open(at('a'), 'w+');
  await file.write('hello', 0);
  await file.writev([Buffer.from(' wide'), Buffer.from(' world')], 5);
  await file.datasync();
  await file.truncate(10);
  await file.sync();
  const { buffer } = await file.readv([Buffer.alloc(5)], 0).then(({ buffers }) => ({ buffer: buffers[0] }));
  await file.chmod(0o640);
  await file.chown(process.getuid(), process.getgid());
  await file.utimes(1, 1);
  await file.close();
  await p.appendFile(at('a'), '!');
  await p.access(at('a'), fs.constants.R_OK);
  await p.copyFile(at('a'), at('b'));
  await p.rename(at('b'), at('c'));
  await p.link(at('c'), at('d'));
  await p.symlink('c', at('e'));
  await p.readlink(at('e'));
  await p.realpath(at('e'));
  await p.chmod(at('c'), 0o600);
  await p.chown(at('c'), process.getuid(), process.getgid());
  await p.lchown(at('e'), process.getuid(), process.getgid());
  await p.lutimes(at('e'), 1, 1);
  await p.utimes(at('c'), 1, 1);
  await p.statfs(folder);
  await p.mkdir(at('sub/folder'), { recursive: true });
  await p.rmdir(at('sub/folder'));
  const names = await p.readdir(folder);
  const text = await p.readFile(at('d'), 'utf8');
  await p.unlink(at('d'));
  await p.rm(folder, { recursive: true });
  return `${buffer} ${text} ${names.join('')}\n`;
}

function syncDisk() {
  const file = fs.openSync('sync.bin', 'w+');
  fs.writeSync(file, 'sync', 0);
  fs.fsyncSync(file);
  const text = Buffer.alloc(4);
  fs.readSync(file, text, 0, 4, 0);
  fs.closeSync(file);
  fs.cpSync('sync.bin', 'sync.copy');
  fs.rmSync('sync.bin');
  return `${text} ${fs.existsSync('sync.bin')}\n`;
}

async function watch() {
  fs.writeFileSync('watched', '1');
  const watcher = fs.watch('watched');
  const changed = once(watcher, 'change');
  fs.writeFileSync('watched', '2');
  await changed;
  await promisify(setImmediate)(); // closed within its own event it would be given back some time later
  watcher.close();
  return 'seen\n';
}

// A name server that knows one name, asked by c-ares, the resolver that goes past the C library.
async function resolve() {
  const server = dgram.createSocket('udp4', (question, client) => {
    const answer = Buffer.concat([question, Buffer.from('c00c00010001000000000004c0000207', 'hex')]);
    answer[2] = 0x81;
    answer[7] = 1; // one answer
    answer[11] = 0; // and no EDNS record in it
    server.send(answer, client.port, client.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const resolver = new dns.promises.Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  try {
    return `${(await resolver.resolve4('service.example'))[0]}\n`;
  } finally {
    server.close();
  }
}

async function unixSocket() {
  const server = http.createServer((request, response) => response.end('over a Unix socket\n'));
  server.listen({ path: 'service.sock', writableAll: true });
  await once(server, 'listening');
  try {
    return await fetchText({ socketPath: 'service.sock', path: '/' });
  } finally {
    server.close();
  }
}

async function profile() {
  const session = new inspector.Session();
  session.connect();
  const post = promisify(session.post.bind(session));
  await post('Profiler.enable');
  await post('Profiler.start');
  for (const end = Date.now() + 50; Date.now() < end; ) crypto.createHash('sha256').update('x').digest();
  const { profile: result } = await post('Profiler.stop');
  session.disconnect();
  return `samples ${result.samples.length > 0}\n`;
}

async function endOf(parameters) {
  const child = childProcess.spawn(process.execPath, parameters, { stdio: 'ignore' });
  const [status, signal] = await once(child, 'exit');
  return `ended with ${signal ?? status}\n`;
}

async function fetchText(options) {
  const request = http.get({ ...options, agent: false });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += part;
  return text;
}

// --- serving ----------------------------------------------------------------------------------------------------------

async function answer(request, response) {
  const route = routes[new URL(request.url, 'http://localhost').pathname];
  try {
    const body = route && (await route(request, response));
    if (response.writableEnded) return;
    if (body === undefined) response.statusCode = 404;
    response.end(body ?? 'nothing here\n');
  } catch (error) {
    console.error(error);
    if (!response.headersSent) response.statusCode = 500;
    response.end(`${error}\n`);
  }
}

function serve() {
  fs.writeFileSync('large.bin', Buffer.alloc(1 << 20, 'y'));
  const servers = [
    http.createServer(answer).listen(httpPort, '127.0.0.1'),
    http2
      .createSecureServer({ cert: fs.readFileSync('tls/cert.pem'), key: fs.readFileSync('tls/key.pem'), allowHTTP1: true }, answer)
      .listen(httpsPort, '127.0.0.1'),
  ];
  const log = fs.createWriteStream('service.log', { flags: 'a' });
  log.write(`serving, process ${process.pid}\n`);
  process.on('SIGHUP', () => fs.createWriteStream('service.log', { flags: 'a' }).end('reopened\n'));
  process.once('SIGTERM', () => {
    // Requests under way are answered; connections that only wait are closed.
    for (const server of servers) server.close();
    servers[0].closeIdleConnections();
    setTimeout(() => process.exit(0), 500).unref();
    if (cluster.isWorker) process.disconnect();
  });
}

function supervise() {
  cluster.fork();
  cluster.fork();
  let listening = 0; // each worker on two ports
  cluster.on('listening', () => console.log(`workers serve: ${++listening / 2}`));
  cluster.on('exit', (worker) => worker.exitedAfterDisconnect || cluster.fork());
  process.once('SIGTERM', () => cluster.disconnect(() => process.exit(0)));
}

if (!workers.isMainThread) {
  const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
  const nap = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  const naps = () => Array.from({ length: 5 }, nap).filter((end) => end === 'timed-out').length;
  workers.parentPort.postMessage(workers.workerData === 'nap' ? naps() : fib(workers.workerData));
} else if (process.argv[2] === 'child') {
  process.once('message', (text) => process.send(`${text} pong`, () => process.disconnect()));
} else if (process.env.CLUSTER && cluster.isPrimary) {
  supervise();
} else {
  serve();
}
