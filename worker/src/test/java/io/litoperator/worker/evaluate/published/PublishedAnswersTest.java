package io.litoperator.worker.evaluate.published;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.TaskData;
import org.junit.jupiter.api.Test;

/** Data sets with the columns that lmms-lab publishes: short answers and captions of people. */
class PublishedAnswersTest extends PublishedData {
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";

  @Test
  void textVqaAndVizWizHaveTenAnswersSomeOfThemBlank() throws Exception {
    write(
        "textvqa/data/validation-00000-of-00003.parquet",
        "SELECT '003a8ae2ef43b901' AS image_id, 34602 AS question_id,"
            + " 'what is the brand?' AS question, ['what', 'is'] AS question_tokens,"
            + " %s AS image, 1024 AS image_width, 664 AS image_height,"
            + " 'https://example.com/1.jpg' AS flickr_original_url,"
            + " 'https://example.com/2.jpg' AS flickr_300k_url,"
            + " ['', 'nous les gosses', 'dakota'] AS answers, ['Cassette deck'] AS image_classes,"
            + " 'val' AS set_name, ['DAKOTA'] AS ocr_tokens",
        8);
    write(
        "VizWiz-VQA/data/val-00000-of-00005.parquet",
        "SELECT 'VizWiz_val_00000000.jpg' AS question_id, %s AS image,"
            + " 'Ok. What?' AS question, ['beans', ' ', 'unanswerable'] AS answers,"
            + " 'other' AS category",
        9);

    try (TaskData text = open("textvqa");
        TaskData wiz = open("vizwiz")) {
      Question read = text.questions().get(0);
      assertThat(read.id()).isEqualTo("34602");
      assertThat(read.question()).isEqualTo("What is the brand?" + SHORT);
      assertThat(read.references().answers()).containsExactly("", "nous les gosses", "dakota");
      assertThat(picture(text, read).width()).isEqualTo(8);
      Question seen = wiz.questions().get(0);
      assertThat(seen.id()).isEqualTo("VizWiz_val_00000000.jpg");
      assertThat(seen.references().answers()).containsExactly("beans", " ", "unanswerable");
      assertThat(picture(wiz, seen).width()).isEqualTo(9);
    }
  }

  @Test
  void chartQasKindIsItsSplit() throws Exception {
    write(
        "ChartQA/data/test-00000-of-00001.parquet",
        "SELECT 'human_test' AS type, 'How many?' AS question, '14' AS answer, %s AS image",
        8);

    try (TaskData found = open("chartqa")) {
      Question question = found.questions().get(0);
      assertThat(question.kind()).contains("human_test");
      assertThat(question.answer()).isEqualTo("14");
      assertThat(question.question())
          .isEqualTo("How many?\nAnswer the question with a single word.");
      assertThat(picture(found, question).width()).isEqualTo(8);
    }
  }

  @Test
  void docVqaIsInAFolderOfItsOwnBesideInfographics() throws Exception {
    String row =
        "SELECT '%s' AS questionId, 'What is the value?' AS question,"
            + " ['figure/diagram'] AS question_types, %%s AS image, 14465 AS docId,"
            + " 'pybv0228' AS ucsf_document_id, '81' AS ucsf_document_page_no,"
            + " ['0.28', '.28'] AS answers, 'val' AS data_split";
    write("DocVQA/DocVQA/validation-00000-of-00006.parquet", row.formatted("49153"), 8);
    write("DocVQA/InfographicVQA/validation-00000-of-00006.parquet", row.formatted("1"), 9);

    try (TaskData found = open("docvqa")) {
      assertThat(found.questions()).hasSize(1);
      Question question = found.questions().get(0);
      assertThat(question.id()).isEqualTo("49153");
      assertThat(question.question()).isEqualTo("What is the value?" + SHORT);
      assertThat(question.references().answers()).containsExactly("0.28", ".28");
      assertThat(picture(found, question).width()).isEqualTo(8);
    }
  }

  @Test
  void captionsOfFlickrAndTextCaps() throws Exception {
    write(
        "flickr30k/data/test-00000-of-00009.parquet",
        "SELECT %s AS image, ['Two men.', 'Men.'] AS caption, ['0', '1'] AS sentids,"
            + " '0' AS img_id, '1000092795.jpg' AS filename",
        8);
    write(
        "TextCaps/data/val-00000-of-00004.parquet",
        "SELECT '0' AS question_id, 'Describe.' AS question, %s AS image,"
            + " '00685bc495504d61' AS image_id, ['Book'] AS image_classes,"
            + " 'https://example.com/1.jpg' AS flickr_original_url, 683 AS image_width,"
            + " 'val' AS set_name, [1, 2] AS caption_id,"
            + " ['A book.', ''] AS caption_str, [['a', 'book'], ['']] AS reference_strs",
        9);

    try (TaskData flickr = open("flickr30k");
        TaskData text = open("textcaps")) {
      Question two = flickr.questions().get(0);
      assertThat(two.id()).isEqualTo("0");
      assertThat(two.references().answers()).containsExactly("Two men.", "Men.");
      assertThat(picture(flickr, two).width()).isEqualTo(8);
      Question book = text.questions().get(0);
      assertThat(book.id()).isEqualTo("00685bc495504d61");
      assertThat(book.question())
          .isEqualTo("Provide a one-sentence caption for the provided image.");
      assertThat(book.references().answers()).containsExactly("A book.", "");
      assertThat(picture(text, book).width()).isEqualTo(9);
    }
  }
}
