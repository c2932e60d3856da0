import { Injectable, Logger } from '@nestjs/common';
import { OnWebhook, type WebhookEvent } from 'nestjs-hookline';

/** Notes every event, whoever sent it. */
@Injectable()
export class Journal {
  private readonly logger = new Logger(Journal.name);

  @OnWebhook('**')
  note({ source, type, id }: WebhookEvent): void {
    this.logger.log(`${type} of ${source}, ${id}`);
  }
}
