import { Controller, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MountedReceiver } from '../../test/support/mounted.receiver.js';
import { expectBytesUntouched } from '../../test/support/untouched-bytes.js';
import { FastifyMount } from './fastify.mount.js';

describe(FastifyMount.name, () => {
  const receiver = new MountedReceiver();

  it('REQ-36 REQ-38 ignores the body limit of the instance', async () => {
    await receiver.listen(await receiver.create({ adapter: new FastifyAdapter({ bodyLimit: 1 }) }));
    await expectBytesUntouched(receiver);
    expect((await receiver.send('{"a":1}', { path: '/echo' })).status).toBe(413);
  });

  it('REQ-36 is before content type parsers and preParsing hooks', async () => {
    const created = await receiver.create<NestFastifyApplication>({
      adapter: new FastifyAdapter(),
    });
    const instance = created.getHttpAdapter().getInstance();
    instance.removeAllContentTypeParsers();
    instance.addHook('preParsing', (_request, _reply, _payload, done) =>
      done(new Error('preParsing')),
    );
    await receiver.listen(created);
    await expectBytesUntouched(receiver);
  });

  it.each([
    { ignoreTrailingSlash: true },
    { routerOptions: { ignoreTrailingSlash: true } },
    { routerOptions: { ignoreDuplicateSlashes: true } },
  ])('takes a slash at the end with %j', async (options) => {
    await receiver.listen(await receiver.create({ adapter: new FastifyAdapter(options) }));
    expect((await receiver.send('{}', { path: '/webhooks/game/' })).status).toBe(200);
    expect((await receiver.send('{}', { path: '/webhooks/game' })).status).toBe(200);
  });

  it('refuses to start beside a route of the host with the same shape', async () => {
    @Controller('webhooks')
    class Clash {
      @Post(':id')
      post(): void {}
    }
    const created = await receiver.create({
      adapter: new FastifyAdapter(),
      controllers: [Clash],
    });
    await expect(created.init()).rejects.toMatchObject({
      code: 'CONFIGURATION',
      option: 'sources.game',
    });
  });
});
