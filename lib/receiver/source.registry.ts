import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { EventSeal } from '../inbox/event.seal.js';
import { SourceSchemas } from '../inbox/source-schemas.js';
import type { FetchFunction } from '../signatures/keys/guarded.fetch.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { KEY_FETCH } from './key-fetch.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { readyAnswers, type ReadyAnswers } from './sender-answers.js';
import type { ResolvedSource } from './sources.option.js';

/** A source that is ready to receive. */
export interface Source extends ResolvedSource {
  readonly name: string;
  readonly scheme: SignatureScheme;
  readonly answers: ReadyAnswers;
  /** The methods that it answers: `POST`, and those by which the sender checks the URL. */
  readonly methods: ReadonlySet<string>;
}

/**
 * The sources by name. Built when the application starts, when the host's container can give the
 * schemes that are classes.
 *
 * @internal
 */
@Injectable()
export class SourceRegistry implements OnModuleInit {
  // A map: in an object, a sender would also find what every object has, such as `constructor`.
  private readonly sources = new Map<string, Source>();

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly schemas: SourceSchemas,
    private readonly seal: EventSeal,
    @Inject(RECEIVER_OPTIONS.token) private readonly options: ResolvedReceiverOptions,
    @Inject(KEY_FETCH) private readonly fetch: FetchFunction,
  ) {}

  onModuleInit(): void {
    for (const [name, source] of this.options.sources) {
      const scheme = this.schemeOf(name, source);
      scheme.fetchWith?.(this.fetch);
      const answers = readyAnswers(name, scheme.answers ?? {});
      const methods = new Set(['POST', ...(scheme.handshakeMethods ?? []), ...source.probes]);
      this.sources.set(name, { ...source, name, scheme, answers, methods });
      if (source.seal ?? scheme.showsSecret === true) {
        this.seal.register(name, source.seal === true);
      }
      if (source.schema !== undefined) this.schemas.register(name, source.schema);
    }
  }

  find(name: string): Source | undefined {
    return this.sources.get(name);
  }

  private schemeOf(name: string, { scheme }: ResolvedSource): SignatureScheme {
    if (typeof scheme !== 'function') return scheme;
    const option = `sources.${name}.scheme`;
    const instance = this.instanceOf(option, scheme);
    if (typeof instance.verify === 'function') return instance;
    throw ConfigurationError.because(
      option,
      `The class '${scheme.name}' is no signature scheme.`,
      'Give it the method verify() of SignatureScheme.',
    );
  }

  private instanceOf(option: string, scheme: Type<SignatureScheme>): SignatureScheme {
    try {
      return this.moduleRef.get(scheme, { strict: false });
    } catch (cause) {
      throw ConfigurationError.because(
        option,
        `The container has no instance of '${scheme.name}' for the whole application.`,
        'Add the class to the providers of a module, with the default scope; ' +
          `or, where it is a function that makes a scheme, write \`() => ${scheme.name}(...)\`.`,
        { cause },
      );
    }
  }
}
