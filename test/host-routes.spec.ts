import { All, Body, Controller, Get, Param, Post, type Type } from '@nestjs/common';
import { meta } from '../lib/signatures/providers/meta/meta.js';
import { trello } from '../lib/signatures/providers/trello/trello.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import type { SourcesOption } from '../lib/receiver/sources.option.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';

const JSON_TYPE = { 'content-type': 'application/json' };

@Controller('webhooks')
class Webhooks {
  @Get('admin')
  admin(): string {
    return 'list of the host';
  }

  @Post('other')
  other(@Body() body: object): object {
    return { host: body };
  }

  @Get('game')
  status(): string {
    return 'status of the game';
  }
}

describe.each(ADAPTERS)('Routes of the host under the path of the receiver, with %s', (adapter) => {
  let database: TestDatabase;
  let app: TestApp | undefined;

  beforeEach(async () => {
    database = await DATABASES[0]!.create();
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.drop();
  });

  const start = async (
    controller: Type,
    sources: SourcesOption = { game: unsigned() },
    prefix?: string,
  ): Promise<TestApp> => {
    app = await startApp({
      database,
      adapter,
      options: { sources },
      host: { controllers: [controller] },
      ...(prefix !== undefined && { prepare: (host) => void host.setGlobalPrefix(prefix) }),
    });
    return app;
  };

  it.each(['', 'api'])('F-30 go on working, with the prefix %p', async (prefix) => {
    const { request, post, logger } = await start(
      Webhooks,
      undefined,
      prefix === '' ? undefined : prefix,
    );
    const base = prefix === '' ? '/webhooks' : `/${prefix}/webhooks`;
    expect(await request(`${base}/admin`, {})).toMatchObject({
      status: 200,
      body: 'list of the host',
    });
    expect(await request(`${base}/game`, {})).toMatchObject({
      status: 200,
      body: 'status of the game',
    });
    const { status, body } = await post(`${base}/other?x=1`, '{"a":1}', JSON_TYPE);
    expect([status, JSON.parse(body)]).toEqual([201, { host: { a: 1 } }]);
    expect(await post(`${base}/game`, '{"id":1}', JSON_TYPE)).toMatchObject({ status: 200 });
    // What neither of them has is refused as ever, with its line in the log.
    expect(await post(`${base}/nobody`, '{}', JSON_TYPE)).toMatchObject({ status: 404 });
    expect(logger.of('warn').join()).toMatch(/'nobody' with 404: there is no such source/);
  });

  const expectClash = async (controller: Type, sources: SourcesOption, route: RegExp) => {
    const error: unknown = await start(controller, sources).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(route);
  };

  it('F-30 refuse a source that a controller has a route for', async () => {
    await expectClash(
      Webhooks,
      { other: unsigned() },
      /POST \/webhooks\/other.*clashes with the source 'other'/,
    );
  });

  it('F-30 refuse one whose handshake comes by the method of the route', async () => {
    await expectClash(
      Webhooks,
      { game: meta({ secret: 'app secret', verifyToken: 'token' }) },
      /GET \/webhooks\/game.*clashes with the source 'game'/,
    );
  });

  describe('with a parameter', () => {
    const errorWith = async (controller: Type): Promise<unknown> =>
      start(controller).catch((thrown: unknown) => thrown);

    it('F-30 that take the place of a source are refused, with the names of both', async () => {
      @Controller('webhooks')
      class Parameters {
        @Post(':id')
        take(@Param('id') id: string): string {
          return id;
        }
      }
      const error = await errorWith(Parameters);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as Error).message).toMatch(
        /route 'POST \/webhooks\/:id', which clashes with the source 'game'/,
      );
    });

    it('F-30 are refused where they take all methods', async () => {
      @Controller('webhooks')
      class Everything {
        @All(':name')
        take(): string {
          return 'all';
        }
      }
      const error = await errorWith(Everything);
      expect(String(error)).toMatch(
        /route 'POST \/webhooks\/:name', which clashes with the source 'game'/,
      );
    });

    it('F-30 go on working where no source takes their method', async () => {
      @Controller('webhooks')
      class Parameters {
        @Get(':id')
        show(@Param('id') id: string): string {
          return `host has ${id}`;
        }
      }
      const { request, post } = await start(Parameters);
      for (const id of ['5', 'game']) {
        expect(await request(`/webhooks/${id}`, {})).toMatchObject({
          status: 200,
          body: `host has ${id}`,
        });
      }
      expect(await post('/webhooks/game', '{"id":1}', JSON_TYPE)).toMatchObject({ status: 200 });
      expect(await post('/webhooks/game/', '{"id":2}', JSON_TYPE)).toMatchObject({ status: 200 });
      expect(await request('/webhooks/game', { method: 'PUT' })).toMatchObject({ status: 405 });
      expect(await post('/webhooks/nobody', '{}', JSON_TYPE)).toMatchObject({ status: 404 });
    });

    it('F-30 go on working for HEAD, which their framework answers by the route for GET', async () => {
      const { request } = await start(Webhooks);
      expect(await request('/webhooks/admin', { method: 'HEAD' })).toMatchObject({ status: 200 });
      expect(await request('/webhooks/game', { method: 'HEAD' })).toMatchObject({ status: 200 });
    });

    it('F-30 refuse a source whose HEAD they would take', async () => {
      await expectClash(
        Webhooks,
        { admin: trello({ secret: 'app secret', url: 'https://example.com/webhooks/admin' }) },
        /HEAD \/webhooks\/admin.*clashes with the source 'admin'/,
      );
    });

    it('F-30 may be those of other paths too, which come after the receiver', async () => {
      @Controller()
      class General {
        @Post(':tenant/:name')
        take(@Param('tenant') tenant: string): string {
          return `host has ${tenant}`;
        }
      }
      const { post } = await start(General);
      expect(await post('/acme/orders', '{}', JSON_TYPE)).toMatchObject({ body: 'host has acme' });
      const { status, body } = await post('/webhooks/game', '{"id":1}', JSON_TYPE);
      expect([status, (JSON.parse(body) as { status: string }).status]).toEqual([200, 'ignored']);
    });
  });
});
