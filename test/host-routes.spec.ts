import { Body, Controller, Get, Param, Post, type Type } from '@nestjs/common';
import { meta } from '../lib/signatures/providers/meta.js';
import { unsigned } from '../lib/signatures/providers/unsigned.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import type { SourcesOption } from '../lib/receiver/receiver.options.js';
import { ADAPTERS, startApp, type AdapterName, type TestApp } from './support/application.js';
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
});

describe('Routes with a parameter', () => {
  const start = async (adapter: AdapterName, controller: Type): Promise<unknown> => {
    const database = await DATABASES[0]!.create();
    try {
      const app = await startApp({
        database,
        adapter,
        options: { sources: { game: unsigned() } },
        host: { controllers: [controller] },
      });
      await app.close();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await database.drop();
    }
  };

  it.each(ADAPTERS)('F-30 that take the place of a source are refused with %s', async (adapter) => {
    @Controller('webhooks')
    class Parameters {
      @Post(':id')
      take(@Param('id') id: string): string {
        return id;
      }
    }
    expect(String(await start(adapter, Parameters))).toMatch(
      adapter === 'Express' ? /\/webhooks\/:id/ : /\/webhooks\/:source/,
    );
  });
});
