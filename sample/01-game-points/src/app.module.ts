import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailerModule } from '@nestjs-modules/mailer';
import { standardWebhooks, WebhookModule, type SignatureScheme } from 'nestjs-hookline';
import { GamePoints } from './game-points.js';
import { Journal } from './journal.js';
import { User } from './user.entity.js';

/** Settings that `main.ts` gives the application. */
export interface AppOptions {
  readonly database: string;
  readonly smtpUrl: string;
  readonly gameSecret: string;
  /** Senders beside the game. */
  readonly otherSources: Readonly<Record<string, SignatureScheme>>;
}

@Module({})
export class AppModule {
  static with({ database, smtpUrl, gameSecret, otherSources }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database,
          enableWAL: true,
          autoLoadEntities: true,
          synchronize: true,
        }),
        TypeOrmModule.forFeature([User]),
        MailerModule.forRoot({ transport: smtpUrl, defaults: { from: 'game@example.com' } }),
        WebhookModule.forRoot({
          sources: { game: standardWebhooks({ secret: gameSecret }), ...otherSources },
        }),
      ],
      providers: [GamePoints, Journal],
    };
  }
}
