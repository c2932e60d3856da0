import {
  Catch,
  UnauthorizedException,
  VersioningType,
  type ArgumentsHost,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import express from 'express';
import { ADAPTERS, hostModule, MountedReceiver } from '../../test/support/mounted.receiver.js';
import { expectBytesUntouched } from '../../test/support/untouched-bytes.js';
import { ReceiverMount } from './receiver.mount.js';

describe.each(['express', 'fastify'] as const)(`${ReceiverMount.name} on %s`, (platform) => {
  const receiver = new MountedReceiver();
  const create = (options: NestApplicationOptions = {}): Promise<INestApplication> =>
    receiver.create({ adapter: ADAPTERS[platform](), options });

  it('REQ-36 needs nothing of NestFactory.create()', async () => {
    await receiver.listen(await create());
    await expectBytesUntouched(receiver);
  });

  it.each<[string, NestApplicationOptions]>([
    ['rawBody: true', { rawBody: true }],
    ['bodyParser: false', { bodyParser: false }],
    ['cors: true', { cors: true }],
  ])('REQ-36 works with %s', async (_name, options) => {
    await receiver.listen(await create(options));
    await expectBytesUntouched(receiver);
  });

  it('REQ-36 works with a body parser of the host', async () => {
    const created = await create({ bodyParser: false });
    if (platform === 'express') created.use(express.json(), express.text({ type: '*/*' }));
    else (created as NestFastifyApplication).useBodyParser('*', { bodyLimit: 5 });
    await receiver.listen(created);
    await expectBytesUntouched(receiver);
  });

  it('REQ-36 REQ-38 works with useBodyParser() and a smaller limit', async () => {
    const created = await create();
    if (platform === 'express') {
      (created as NestExpressApplication).useBodyParser('json', { limit: 5 });
    } else {
      (created as NestFastifyApplication).useBodyParser('application/json', { bodyLimit: 5 });
    }
    await receiver.listen(created);
    await expectBytesUntouched(receiver);
    expect((await receiver.send('{"a":12345}', { path: '/echo' })).status).toBe(413);
  });

  it('REQ-36 is below the global prefix', async () => {
    await receiver.listen((await create()).setGlobalPrefix('api/v1'));
    await expectBytesUntouched(receiver, '/api/v1/webhooks/game');
    expect((await receiver.send('{}')).status).toBe(404);
  });

  it('REQ-36 is not, where the host excludes it', async () => {
    const created = await create();
    await receiver.listen(created.setGlobalPrefix('api', { exclude: ['webhooks/:source'] }));
    await expectBytesUntouched(receiver);
    expect((await receiver.send('{}', { path: '/api/webhooks/game' })).status).toBe(404);
  });

  it.each([
    [{ type: VersioningType.URI, defaultVersion: '1' } as const, {}],
    [{ type: VersioningType.HEADER, header: 'x-version' } as const, { 'x-version': '2' }],
    [{ type: VersioningType.MEDIA_TYPE, key: 'v=' } as const, { accept: 'application/json;v=3' }],
  ])('REQ-36 has no version %#', async (versioning, headers) => {
    await receiver.listen((await create()).enableVersioning(versioning));
    await expectBytesUntouched(receiver, '/webhooks/game', headers);
  });

  it('REQ-36 REQ-50 is out of reach of global guards, pipes, interceptors and filters', async () => {
    const caught: unknown[] = [];
    @Catch()
    class CatchEverything {
      catch(error: unknown, host: ArgumentsHost): void {
        caught.push(error);
        const response = host
          .switchToHttp()
          .getResponse<{ status(code: number): { send(): void } }>();
        response.status(418).send();
      }
    }
    const created = await create();
    created.useGlobalGuards({
      canActivate: () => {
        throw new UnauthorizedException();
      },
    });
    created.useGlobalPipes({ transform: () => ({}) });
    created.useGlobalInterceptors({
      intercept: () => {
        throw new Error('intercepted');
      },
    });
    created.useGlobalFilters(new CatchEverything());
    await receiver.listen(created);
    await expectBytesUntouched(receiver);
    expect(caught).toEqual([]);
    expect((await receiver.send('{}', { path: '/echo' })).status).toBe(418);
  });

  it('works in an application of Test.createTestingModule()', async () => {
    const module = await Test.createTestingModule({
      imports: [hostModule()],
    })
      .setLogger(receiver.log)
      .compile();
    await receiver.listen(
      platform === 'express'
        ? module.createNestApplication()
        : module.createNestApplication(new FastifyAdapter()),
    );
    await expectBytesUntouched(receiver);
  });
});

describe(ReceiverMount.name, () => {
  const receiver = new MountedReceiver();

  it('mounts nothing in an application context', async () => {
    const context = await NestFactory.createApplicationContext(hostModule(), {
      abortOnError: false,
      logger: receiver.log,
    });
    expect(context.get(ReceiverMount, { strict: false })).toBeInstanceOf(ReceiverMount);
    await context.close();
  });

  it('mounts nothing where there are no sources', async () => {
    await receiver.listen(await receiver.create({ sources: {} }));
    expect((await receiver.send('{}')).body).toContain('Cannot POST');
    expect(receiver.log.lines).toEqual([]);
  });

  it('refuses to start on another platform', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType(): string {
        return 'koa';
      }
    }
    const created = await receiver.create({ adapter: new OtherAdapter() });
    await expect(created.init()).rejects.toThrow("on the HTTP platform 'koa'");
  });
});
