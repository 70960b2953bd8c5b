import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { listenHost, listenPort, note, pass, rate } from './front.mjs';

const app = express();
app.use((req, res, next) => { note(res); next(); });
app.use(rateLimit({ windowMs: 1000, limit: rate, standardHeaders: 'draft-8', legacyHeaders: false }));
app.use(pass);
app.listen(listenPort, listenHost);
