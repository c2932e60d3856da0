import { Injectable } from '@nestjs/common';
import type { PayloadSchema } from '../event/payload-schema.js';

/**
 * The payload schemas of sources. A schema may change data (defaults, coercion), so it is applied
 * when an event is accepted and again when its data is read from the stored bytes.
 *
 * @internal
 */
@Injectable()
export class SourceSchemas {
  private readonly schemas = new Map<string, PayloadSchema>();

  register(source: string, schema: PayloadSchema): void {
    this.schemas.set(source, schema);
  }

  find(source: string): PayloadSchema | undefined {
    return this.schemas.get(source);
  }
}
