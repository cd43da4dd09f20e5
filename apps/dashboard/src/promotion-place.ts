/** Which promotion a page is about. */
export interface PromotionPlace {
  readonly repository: string;
  readonly promotion: string;
}
