"""The outline's vocabulary and rules as test_outline wants them: written out once more, by hand, as data.

How an answer reads stands behind a colon; a neutral one stands alone. `*` marks a core question, `-` one without
standing answers, and what follows `|` is when it is asked, `!` being "not in".
"""

QUESTIONS = """
offer.name text
offer.provider text
offer.country country
offer.heard_from - one my_neurologist another_doctor trial_finder friend_or_family clinic_or_seminar:caution
  advert_or_social_media:caution agent_or_broker:caution
offer.stage - one reading_about_it visit_booked had_visit asked_to_pay:caution
offer.visit_date date
cells.kind * one dopamine_cells_from_ips dopamine_cells_from_embryonic fetal_tissue neural_stem_cells mesenchymal
  own_tissue_same_day:caution birth_tissue:caution exosomes:caution other_named just_stem_cells:vague
cells.source one own donor both:caution
cells.product one in_writing told:open no_name:caution
cells.lab * one shown told:open made_at_the_clinic:caution nothing_documented:warning
cells.batch_tests one shown promised_in_writing told:open refused:caution
where.delivery * one brain_surgery vein spinal_fluid:caution nose:caution muscle_skin_or_joint:caution
  several_routes:caution
where.reach one said_they_do_not_need_to published_in_people general_idea:caution not_explained:caution
  | where.delivery ! brain_surgery
where.place one teaching_hospital hospital private_clinic hotel_spa_or_home:warning
where.specialist one movement_disorder_specialist other_neurologist_or_neurosurgeon other_doctor:caution
  not_a_doctor:warning
why.goal * one replace_dopamine_neurons support_only slow_the_disease general_wellness:caution everything:warning
why.difference one explained not_explained:open blurred:warning
why.evidence * one published_same_product_in_parkinsons published_other_product_or_illness:caution
  laboratory_or_animals:caution testimonials:warning nothing_shown:warning
why.outcomes * one named_measures how_you_feel:vague nothing:warning
why.followup * one twelve_months_or_more under_twelve_months:caution no_follow_up:warning
why.unknowns one said_plainly partly:caution not_said:caution
trial.status * one regulated_trial authorised_product special_access:caution treatment study_you_pay_to_join:warning
trial.number register_number given refused:warning | trial.status regulated_trial study_you_pay_to_join
trial.record_matches one matches partly:caution not_checked:open does_not_match:warning | trial.number given
trial.authority * one shown told:open said_not_needed:warning not_cleared:warning
  | trial.status regulated_trial study_you_pay_to_join special_access
trial.ethics * one shown told:open not_approved:warning
  | trial.status regulated_trial study_you_pay_to_join special_access
trial.payment * one nothing own_travel_only usual_care_only cells_or_procedure:warning fee_to_join:warning
  | trial.status regulated_trial study_you_pay_to_join
trial.sponsor one university_or_hospital company_developing_the_product the_clinic_itself:caution
  | trial.status regulated_trial study_you_pay_to_join
trial.phase one phase_1 phase_1_2 phase_2 phase_3 no_phase_named:caution | trial.status regulated_trial
trial.control one explained none_and_said_why not_explained:caution | trial.status regulated_trial
trial.safety_board one has_board no_board:caution | trial.status regulated_trial
trial.injury one in_writing told:open you_pay:caution | trial.status regulated_trial special_access
trial.explained many cell_dose targeting manufacturing_consistency immune_management long_term_durability
  none_of_these | trial.status regulated_trial
trial.product one amchepry something_else:warning | trial.status authorised_product
support.licence one shown told:open no_licence:warning | trial.status treatment study_you_pay_to_join
support.plan one made_for_me same_for_everyone:warning | trial.status treatment
support.baseline many imaging blood_markers heart_check movement_and_sleep_tracking none_planned:caution
  | trial.status treatment
support.bundled many hyperbaric_oxygen:caution peptides:caution exosomes:caution vitamin_or_nad_drips:caution
  rehabilitation nothing_else | trial.status treatment
support.reassess one dates_and_stopping_rule dates_only neither:caution | trial.status treatment
support.price one in_writing told:open repeat_packages_planned:caution refused:warning
  | trial.status treatment special_access authorised_product study_you_pay_to_join
safety.consent * one take_home short_form_only:open only_after_paying:warning refused:warning
safety.risks * one named_specifically only_in_general:open no_risks:warning
safety.immune one explained said_not_needed_and_why not_explained:caution | cells.source donor both
safety.medicines one keep_unless_neurologist_changes not_discussed:open told_to_stop:warning
safety.own_neurologist one will_share not_discussed:open will_not:warning
safety.emergency one plan_in_writing told:open no_plan:caution
safety.later_trials one explained not_explained:caution
claims.heard * - many cure_or_reversal:warning same_for_everyone:warning rebuilds_brain_without_surgery:warning
  approved_for_parkinsons listing_as_proof:warning no_risk_natural:warning testimonials_as_proof:warning
  success_rate_without_data:warning borrowed_results:warning pressure_to_pay:warning
  keep_it_from_your_doctor:warning secret_recipe:warning boosters_planned:caution luxury_over_facts:caution
  agent_is_paid:caution none_of_these
visit.clear scale_each my_pattern_and_priorities the_goal the_cells the_evidence known_unknown_and_alternatives
  | offer.stage had_visit asked_to_pay
visit.notes text | offer.stage had_visit asked_to_pay
you.priorities many tremor slowness_stiffness walking_balance wearing_off dyskinesia sleep mood_anxiety
  thinking_memory fatigue speech_swallowing pain independence something_else
you.matters scale_each chance_of_improvement avoiding_serious_harm strong_evidence cost travel_and_time
  staying_eligible_for_later_trials helping_research not_regretting_waiting
you.care_now many levodopa other_medicines dbs focused_ultrasound infusion_therapy physiotherapy speech_therapy
  exercise none something_else
you.alternatives many adjusting_medicines dbs focused_ultrasound infusion_therapy exercise_and_therapy
  a_regulated_trial waiting none_yet
you.ready scale_each sure good_and_bad_sides what_matters enough_support
you.own_questions text_list
"""

# Each line is one condition; "any" lines hold when one of them does.
CONTRADICTIONS = {
    "replacement_needs_the_brain": """
        why.goal replace_dopamine_neurons
        where.delivery vein spinal_fluid nose muscle_skin_or_joint""",
    "these_cells_do_not_replace": """
        why.goal replace_dopamine_neurons
        cells.kind mesenchymal own_tissue_same_day birth_tissue exosomes""",
    "replacement_outside_a_trial": """
        why.goal replace_dopamine_neurons
        trial.status treatment""",
    "trial_cells_sold": """
        trial.status treatment
        cells.kind dopamine_cells_from_ips dopamine_cells_from_embryonic fetal_tissue neural_stem_cells""",
    "brain_surgery_outside_a_trial": """
        trial.status treatment
        where.delivery brain_surgery""",
    "approval_that_is_not_there": """
        claims.heard approved_for_parkinsons
        trial.status ! authorised_product""",
    "not_that_product": """
        trial.product amchepry
        any offer.country ! JP
        any where.delivery ! brain_surgery
        any cells.kind ! dopamine_cells_from_ips""",
}

FOLLOWED = "why.followup twelve_months_or_more under_twelve_months"
TOLD = "safety.consent take_home\nsafety.risks named_specifically"
ONE_GOAL = "why.goal replace_dopamine_neurons support_only slow_the_disease"

NEEDS = {
    ("regulated_trial", "trial"): f"""
        trial.status regulated_trial
        cells.kind ! just_stem_cells
        where.delivery answered
        {ONE_GOAL}
        why.outcomes named_measures
        {FOLLOWED}
        trial.number given
        trial.record_matches matches partly
        trial.authority shown
        trial.ethics shown
        trial.payment nothing own_travel_only usual_care_only
        {TOLD}""",
    ("regulated_trial", "authorised_product"): f"""
        trial.status authorised_product
        trial.product amchepry
        offer.country JP
        where.delivery brain_surgery
        cells.kind dopamine_cells_from_ips
        {FOLLOWED}
        {TOLD}""",
    ("regulated_trial", "special_access"): f"""
        trial.status special_access
        cells.kind ! just_stem_cells
        where.delivery answered
        {ONE_GOAL}
        {FOLLOWED}
        trial.authority shown
        trial.ethics shown
        {TOLD}""",
    ("supportive_care", "supportive"): f"""
        trial.status treatment
        cells.kind mesenchymal own_tissue_same_day birth_tissue exosomes other_named
        cells.source answered
        cells.lab shown
        cells.batch_tests shown promised_in_writing
        where.delivery ! brain_surgery
        where.specialist movement_disorder_specialist other_neurologist_or_neurosurgeon other_doctor
        why.goal support_only
        why.difference explained
        why.evidence published_same_product_in_parkinsons published_other_product_or_illness laboratory_or_animals
        why.outcomes named_measures
        {FOLLOWED}
        support.licence shown
        support.plan made_for_me
        {TOLD}
        safety.medicines keep_unless_neurologist_changes
        safety.own_neurologist will_share""",
}
