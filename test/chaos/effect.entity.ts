import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * The rows of a transactional handler, one for each run. Nothing makes it unique: if the library ran a
 * handler's transaction twice, both rows would be here.
 */
@Entity({ name: 'chaos_effect' })
export class EffectEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Index()
  @Column('varchar', { name: 'event_id', length: 255 })
  eventId!: string;

  @Column('integer')
  attempt!: number;
}
