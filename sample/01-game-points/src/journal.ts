import { Injectable, Logger } from '@nestjs/common';
import { OnWebhook, type WebhookEvent } from 'nestjs-hookline';

/** Logs every event of every source. */
@Injectable()
export class Journal {
  private readonly logger = new Logger(Journal.name);

  @OnWebhook('**')
  note({ source, type, id }: WebhookEvent): void {
    this.logger.log(`${type} of ${source}, ${id}`);
  }
}
