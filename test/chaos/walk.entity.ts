import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A row of the handler, the rule's method or the timer of a step. Nothing makes it unique. */
@Entity({ name: 'chaos_walk' })
export class WalkEntity {
  /** Those of one lane are in the order of its jobs. */
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar', { length: 100 })
  walker!: string;

  @Column('integer')
  step!: number;

  @Column('varchar', { length: 10 })
  what!: 'handled' | 'fired' | 'timed';
}
