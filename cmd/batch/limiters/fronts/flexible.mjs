import http from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { listenHost, listenPort, note, pass, rate } from './front.mjs';

const limiter = new RateLimiterMemory({ points: rate, duration: 1 });
http.createServer((req, res) => {
  note(res);
  limiter.consume(req.socket.remoteAddress).then(() => pass(req, res), refused => {
    res.writeHead(429, { 'Retry-After': Math.ceil(refused.msBeforeNext / 1000) }).end('Too Many Requests');
  });
}).listen(listenPort, listenHost);
