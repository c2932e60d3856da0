import {
  Body,
  Controller,
  Get,
  Module,
  Post,
  type DynamicModule,
  type INestApplication,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Agent, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { fromStoredBody, type OpenBody } from '../../lib/inbox/stored-body.js';
import type { SourcesOption } from '../../lib/receiver/sources.option.js';
import { ReceiverLog, receiverImports, signature, signed } from './receiver.surroundings.js';

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent in several HTTP chunks. */
  readonly chunks?: readonly Buffer[];
  readonly agent?: Agent;
}

interface HostSetup {
  /** Nest's default where it is left out: Express. */
  readonly adapter?: AbstractHttpAdapter | undefined;
  readonly sources?: SourcesOption;
  readonly controllers?: readonly Type[];
  readonly options?: NestApplicationOptions;
}

/** What NestFactory.create() is given for a platform: nothing for its default. */
export const ADAPTERS = {
  express: () => undefined,
  fastify: () => new FastifyAdapter(),
} as const;

/** Routes of the host, above and below the receiver's path. */
@Controller()
class HostController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { parsed: body };
  }

  @Get('webhooks')
  list(): string {
    return 'the list of the host';
  }

  @Get('webhooks/game/status')
  status(): string {
    return 'the status of the host';
  }
}

@Module({})
class HostModule {}

/** The module of a host that receives, and has routes of its own. */
export function hostModule(
  sources: SourcesOption = { game: signed },
  controllers: readonly Type[] = [],
): DynamicModule {
  return {
    module: HostModule,
    controllers: [HostController, ...controllers],
    imports: receiverImports(sources),
  };
}

/** A receiver in an HTTP application that each test creates for itself. */
export class MountedReceiver {
  readonly log = new ReceiverLog(['warn', 'error']);
  app: INestApplication | undefined;
  port = 0;

  constructor() {
    afterEach(async () => {
      await this.app?.close();
      this.app = undefined;
      this.log.lines.length = 0;
    });
  }

  /** Creates an application as a host's main.ts does. */
  create<Application extends INestApplication = INestApplication>({
    adapter,
    sources,
    controllers,
    options: given,
  }: HostSetup = {}): Promise<Application> {
    const module = hostModule(sources, controllers);
    const options = { abortOnError: false, logger: this.log, ...given };
    return adapter === undefined
      ? NestFactory.create<Application>(module, options)
      : NestFactory.create<Application>(module, adapter, options);
  }

  async listen(created: INestApplication): Promise<void> {
    this.app = created;
    await created.listen(0, '127.0.0.1');
    this.port = (created.getHttpServer().address() as AddressInfo).port;
  }

  /** Sends a request, a signed `POST` unless the test says otherwise. */
  send(body: Buffer | string, sent: Sent = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const request = httpRequest(
        {
          port: this.port,
          host: '127.0.0.1',
          path: sent.path ?? '/webhooks/game',
          method: sent.method ?? 'POST',
          headers: withoutUndefined({
            'content-type': 'application/json',
            'x-test-signature': signature(bytes),
            ...sent.headers,
          }),
          ...(sent.agent && { agent: sent.agent }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      request.on('error', reject);
      if (sent.chunks === undefined) {
        request.end(bytes);
      } else {
        for (const chunk of sent.chunks) request.write(chunk);
        request.end();
      }
    });
  }

  /** The bodies of the stored events, the newest first. One character a byte: quicker to compare than buffers. */
  async storedBodies(): Promise<string[]> {
    const dataSource = this.app?.get(DataSource, { strict: false });
    const events = await dataSource?.getRepository(EventEntity).find({ order: { key: 'DESC' } });
    return (events ?? []).map((event) => fromStoredBody(event as OpenBody).toString('latin1'));
  }
}

function withoutUndefined(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}
