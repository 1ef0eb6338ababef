/**
 * The predefined security questions, by ids that never change: answers are kept under them. Their words are in
 * `locales/`, as `question.<id>`. Answers are to be remembered for years, found nowhere, and not one of a few.
 */

/** Every predefined question. An id that was in use is not taken out: a policy can leave it out. */
export const questionIds = [
  'first_teacher',
  'feared_teacher',
  'maths_teacher',
  'language_teacher',
  'teacher_nickname',
  'nursery_school',
  'school_neighbour',
  'first_presentation',
  'childhood_best_friend',
  'childhood_street',
  'childhood_neighbours',
  'childhood_phone_number',
  'childhood_doctor',
  'childhood_sweet_shop',
  'childhood_holidays',
  'childhood_toy',
  'babysitter',
  'family_nickname',
  'sibling_nickname',
  'family_restaurant',
  'grandmother_home',
  'parents_first_street',
  'parents_number_plate',
  'oldest_cousin',
  'learned_to_swim',
  'learned_to_cycle',
  'first_book',
  'first_record',
  'first_concert',
  'first_performance',
  'first_coach',
  'first_club',
  'first_prize',
  'first_mountain',
  'first_holiday_alone',
  'first_love',
  'first_pet',
  'driving_instructor',
  'first_car',
  'first_landlord',
  'first_flatmate',
  'first_workplace_street',
  'first_boss',
  'first_colleague',
] as const;
/** The id of a predefined question. */
export type QuestionId = (typeof questionIds)[number];
