import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { AddressInfo } from 'node:net';
import { MountedReceiver } from '../../test/support/mounted.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import { expectBytesUntouched } from '../../test/support/untouched-bytes.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { ExpressMount } from './express.mount.js';

describe(ExpressMount.name, () => {
  const receiver = new MountedReceiver();

  it('REQ-35 refuses to start behind a body parser of an application that Nest was given', async () => {
    for (const parser of [express.json(), express.urlencoded(), express.raw(), express.text()]) {
      const created = await receiver.create({ adapter: new ExpressAdapter(express().use(parser)) });
      await expect(created.init()).rejects.toThrow(`has a body parser (${parser.name}) already`);
    }
  });

  it('starts where that parser leaves its path out', async () => {
    const given = express().use('/echo', express.json());
    await receiver.listen(await receiver.create({ adapter: new ExpressAdapter(given) }));
    await expectBytesUntouched(receiver);
  });

  it('REQ-35 answers 500 at once where a router hides the parser, and logs the cure', async () => {
    const given = express().use(express.Router().use(express.json()));
    await receiver.listen(await receiver.create({ adapter: new ExpressAdapter(given) }));
    expect(await receiver.send('{"a":1.0}')).toMatchObject({
      status: 500,
      body: '{"statusCode":500,"error":"Internal Server Error"}',
    });
    expect(receiver.log.lines[0]).toContain('something else has read the body');
    // What that parser does not want is still there to be read.
    expect((await receiver.send('a', { headers: { 'content-type': 'text/plain' } })).status).toBe(
      200,
    );
  });

  it('takes the bytes that such a parser has kept', async () => {
    const keep = express.json({
      verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
    });
    const given = express().use(express.Router().use(keep));
    await receiver.listen(await receiver.create({ adapter: new ExpressAdapter(given) }));
    expect((await receiver.send('{"a":1.0}')).status).toBe(200);
  });

  it('REQ-19 shows a scheme the whole path below another Express application', async () => {
    const urls: string[] = [];
    const spying: SignatureScheme = {
      ...signed,
      verify: ({ url }) => {
        urls.push(url);
        return { ok: true, keyIndex: 0 };
      },
    };
    const inner = new ExpressAdapter();
    const created = await receiver.create({ adapter: inner, sources: { game: spying } });
    await created.init();
    receiver.app = created;
    const outer = express().use('/base', inner.getInstance() as express.Application);
    const server = outer.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    receiver.port = (server.address() as AddressInfo).port;
    expect((await receiver.send('{}', { path: '/base/webhooks/game?a=1' })).status).toBe(200);
    expect(urls).toEqual([`http://127.0.0.1:${receiver.port}/base/webhooks/game?a=1`]);
    await new Promise((resolve) => server.close(resolve));
  });
});
