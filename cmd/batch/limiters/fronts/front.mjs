// What a limiter lets through goes to the vendor.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const [host, port] = process.env.VENDOR.split(':');

export const rate = Number(process.env.RATE);
export const [listenHost, listenPort] = process.env.LISTEN.split(':');

// Every answer's status is a line on stdout.
export const note = res => res.on('finish', () => process.stdout.write(`${res.statusCode}\n`));

export const pass = (req, res) => {
  const up = http.request({ host, port, agent, method: req.method, path: req.url, headers: req.headers }, from => {
    res.writeHead(from.statusCode, from.headers);
    from.pipe(res);
  });
  up.on('error', () => res.writeHead(502).end());
  req.pipe(up);
};
